"""A digest of the machine code in object files: what a processor would run, and nothing that names where it came from.

Two builds whose digests agree are one program, whatever they are called: what was to differ between them was not there
when they were compiled.  What counts is every section that is loaded when the program runs, with its relocations, which
say which functions are called; debugging information, names of files and the tables that exceptions need do not count.

Of a file that is not ELF, or has no code in it (with -flto there is none before the program is linked), all bytes
count, so that the digest says less: other names of files give another one."""
import collections
import hashlib
import pathlib
import struct

SYMTAB, RELA, REL, NOBITS, NOTE = 2, 4, 9, 8, 7
ALLOC, EXEC = 2, 4
OF_SECTION = 3  # the type of a symbol that stands for a section
TABLES = (".eh_frame", ".note")  # their names begin so

Section = collections.namedtuple("Section", "name type flags address offset size link info align entry")


class Elf:
    """An object file for 64 bits, little-endian."""

    def __init__(self, data):
        self.data = data
        start, = struct.unpack_from("<Q", data, 0x28)
        width, count, names = struct.unpack_from("<HHH", data, 0x3a)
        raw = [Section(*struct.unpack_from("<IIQQQQIIQQ", data, start + i * width)) for i in range(count)]
        self.sections = [section._replace(name=self.text(raw[names].offset + section.name)) for section in raw]

    def text(self, at):
        return self.data[at:self.data.index(b"\0", at)].decode(errors="replace")

    def bytes_of(self, section):
        return b"" if section.type == NOBITS else self.data[section.offset:section.offset + section.size]

    def symbol(self, table, number):
        """What a relocation refers to: a section and a place in it, or a name that is looked for elsewhere."""
        name, info, _, where, value, _ = struct.unpack_from("<IBBHQQ", self.data, table.offset + number * table.entry)
        local = info >> 4 == 0 and 0 < where < len(self.sections)
        if local or info & 15 == OF_SECTION:
            return f"{self.sections[where].name}+{value}"
        return self.text(self.sections[table.link].offset + name)

    def relocations(self, section):
        table = self.sections[section.link]
        form = "<QQq" if section.type == RELA else "<QQ"
        for place in range(section.offset, section.offset + section.size, section.entry):
            at, info, *addend = struct.unpack_from(form, self.data, place)
            yield f"{at} {info & 0xffffffff} {self.symbol(table, info >> 32)} {addend}\n"

    def loaded(self, section):
        return section.flags & ALLOC and section.type != NOTE and not section.name.startswith(TABLES)

    def pieces(self):
        """The bytes that count, piece by piece."""
        for section in self.sections:
            if section.type in (RELA, REL) and self.loaded(self.sections[section.info]):
                yield "".join([section.name, "\n", *self.relocations(section)]).encode()
            elif self.loaded(section) and section.size:
                yield f"{section.name} {section.size}\n".encode() + self.bytes_of(section)

    def has_code(self):
        return any(section.flags & EXEC and section.size for section in self.sections)


def pieces(data):
    if data[:6] == b"\x7fELF\x02\x01":
        elf = Elf(data)
        if elf.has_code():
            return elf.pieces()
    return [data]


def digest(paths, linked=""):
    """Of all these objects together, and of what is said of the libraries that they use; 16 hexadecimal digits."""
    found = hashlib.sha256(linked.encode())
    for path in paths:
        for piece in pieces(pathlib.Path(path).read_bytes()):
            found.update(piece)
    return found.hexdigest()[:16]
