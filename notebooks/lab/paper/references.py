"""The works that the paper cites, from a BibTeX file of the plainest kind: one field a line, values
in braces, no macros."""
import re

from ..command import Failure

ENTRY = re.compile(r"^@(\w+)\{(\w+),\n(.*?)\n\}$", re.S | re.M)
FIELD = re.compile(r"^\s*(\w+)\s*=\s*\{(.*)\},?$", re.M)
WHERE = ("journal", "booktitle", "publisher", "institution", "howpublished")


def read(path):
    """{key: {field: text}} in the order of the file; an error if a part of it is no entry."""
    text = path.read_text(encoding="utf-8")
    entries = {match[2]: {"type": match[1], **{name: plain(value) for name, value in
                                               FIELD.findall(match[3])}}
               for match in ENTRY.finditer(text)}
    rest = ENTRY.sub("", re.sub(r"^%.*$", "", text, flags=re.M)).strip()
    if rest:
        raise Failure(f"{path.name}: no entry: {rest.splitlines()[0]}")
    for key, fields in entries.items():
        lost = {"author", "title", "year"} - fields.keys()
        if lost:
            raise Failure(f"{path.name}: {key} has no {', '.join(sorted(lost))}")
    return entries


def plain(value):
    return value.replace("{", "").replace("}", "").replace("--", "–")


def families(fields):
    """The authors' family names: "Family, Given and Family, Given"."""
    return [author.split(",")[0].strip() for author in fields["author"].split(" and ")]


def short(fields):
    """As it is cited in the text: Bagwell 2001; Leijen et al. 2019."""
    names = families(fields)
    told = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
    return f"{told} {fields['year']}"


def link(key, fields):
    return f"[{short(fields)}](#{key})"


def authors(fields):
    names = [" ".join(reversed([part.strip() for part in author.split(",")]))
             for author in fields["author"].split(" and ")]
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def full(key, fields):
    """A line of the list of references."""
    parts = [f"{authors(fields)}: *{fields['title']}*."]
    where = [fields[name] for name in WHERE if name in fields]
    if "volume" in fields:
        number = f" ({fields['number']})" if "number" in fields else ""
        where[0] += f" {fields['volume']}{number}"
    if "pages" in fields:
        where.append(f"pp. {fields['pages']}")
    parts.append(", ".join([*where, fields["year"]]) + ".")
    if "doi" in fields:
        parts.append(f"[doi:{fields['doi']}](https://doi.org/{fields['doi']})")
    elif "url" in fields:
        parts.append(f"<{fields['url']}>")
    return f"- <a id=\"{key}\"></a>" + " ".join(parts)
