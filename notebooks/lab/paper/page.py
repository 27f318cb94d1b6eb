"""The paper as one HTML page that needs nothing else: its style and its figures are in it.

Markdown is rendered by python3-markdown.  An SVG stands where Markdown has an image; its ids get
the figure's name in front, since several figures share a page.
"""
import html
import os
import pathlib
import re
import sys

from ..command import Failure

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 Georgia, "Times New Roman", serif; color: #111; background: #fff;
       max-width: 52rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1, h2, h3 { font-family: "Helvetica Neue", Arial, sans-serif; line-height: 1.2; }
h1 { font-size: 1.8rem; } h2 { font-size: 1.35rem; margin-top: 2.2rem; }
h3 { font-size: 1.1rem; margin-top: 1.6rem; }
a { color: #0b5394; }
code { font: 0.85em/1.4 "DejaVu Sans Mono", Menlo, Consolas, monospace; }
pre { background: #f5f5f5; padding: 0.7rem; overflow-x: auto; }
.wide { overflow-x: auto; margin: 0.6rem 0 1rem; }
table { border-collapse: collapse; font: 0.78rem/1.35 "Helvetica Neue", Arial, sans-serif;
        font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.5rem; border-bottom: 1px solid #ddd; vertical-align: top; }
th { border-bottom: 1px solid #333; text-align: left; vertical-align: bottom; }
td { min-width: 3.5rem; overflow-wrap: normal; }
td[style*="right"] { white-space: nowrap; }
figure { margin: 1rem 0 0.5rem; }
figure svg { display: block; width: 100%; height: auto; }
@media screen and (max-width: 48rem) { figure svg { width: auto; min-width: 40rem; } }
@media print {
  @page { size: A4; margin: 16mm 14mm; }
  body { font-size: 10pt; max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; }
  .wide { overflow: visible; } pre { white-space: pre-wrap; }
  table { font-size: 6.6pt; width: 100%; } th, td { padding: 0.1rem 0.25rem; min-width: 0; }
  a { color: inherit; text-decoration: none; }
}
"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}
</body>
</html>
"""
IMAGE = re.compile(r'<p><img alt="([^"]*)" src="([^"]*)" ?/?></p>')


def renderer():
    try:
        import markdown
    except ImportError:
        raise Failure(f"{sys.executable} has no markdown: make build/packages-paper") from None
    return markdown.Markdown(extensions=["tables", "fenced_code", "sane_lists", "toc"],
                             output_format="html")


def drawing(path, alt):
    """An SVG as a part of a page: no declaration, its ids its own, what it shows told in words."""
    text = path.read_text(encoding="utf-8")
    start = text.find("<svg")
    if start < 0:
        raise Failure(f"{path}: no SVG")
    text = re.sub(r"<metadata>.*?</metadata>", "", text[start:], flags=re.S)
    own = path.stem
    text = re.sub(r'\bid="', f'id="{own}-', text)
    text = re.sub(r'(href="#|url\(#)', rf"\1{own}-", text)
    text = re.sub(r'(aria-labelledby=")', rf"\1{own}-", text)
    return re.sub(r"<svg ", f'<svg role="img" aria-label="{alt}" ', text, count=1)


def page(text, directory):
    """The page of a Markdown text whose images are found from a directory."""
    def figure(match):
        # The directory need not be there yet.
        path = pathlib.Path(os.path.normpath(directory / html.unescape(match[2])))
        return f'<figure class="wide">{drawing(path, match[1])}</figure>'
    body = IMAGE.sub(figure, renderer().convert(text))
    body = body.replace("<table>", '<div class="wide"><table>')
    body = body.replace("</table>", "</table></div>")
    title = re.search(r"^# (.*)$", text, re.M)
    return PAGE.format(title=html.escape(title[1]) if title else "", style=STYLE, body=body)
