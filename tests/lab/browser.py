"""What a reader sees of a page of HTML: it is laid out and drawn by a real browser, without a screen.

The browser is asked twice: where the page's pictures stand, and for a picture of the whole page.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WHY_NOT = "there is no Chromium: make build/packages-browser"
WIDTH = 1200  # pixels
TIME_LIMIT = 120  # seconds
# Writes where the pictures stand onto the page's root.  One that cannot be shown, whose place its
# title takes, is nowhere.
PROBE = """
<script>
addEventListener("load", () => {
  const boxes = [...document.querySelectorAll("img, svg")].map(picture => {
    const box = picture.getBoundingClientRect();
    return picture.naturalWidth === 0 ? [0, 0, 0, 0] :
      [box.left + scrollX, box.top + scrollY, box.right + scrollX, box.bottom + scrollY];
  });
  document.documentElement.dataset.seen =
    JSON.stringify({height: document.documentElement.scrollHeight, boxes});
});
</script>
"""


def chromium(room, page, *options):
    """What the browser prints.  Its profile is in the room; as root it has no sandbox."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return subprocess.run(
        [CHROMIUM, "--headless", *root, "--disable-gpu", "--disable-dev-shm-usage",
         "--hide-scrollbars", "--force-device-scale-factor=1", f"--user-data-dir={room}/profile",
         *options, page.as_uri()], check=True, text=True, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, timeout=TIME_LIMIT, env=os.environ | {"HOME": str(room)}).stdout


def ink(image):
    """The share of a picture's pixels that are not white; 0 where there is none."""
    pixels = image.width * image.height
    return 1 - image.histogram()[255] / pixels if pixels else 0


def inks(path):
    """[ink] of every picture of a page."""
    from PIL import Image  # matplotlib needs it too
    with tempfile.TemporaryDirectory() as name:
        room = pathlib.Path(name)
        page, shot = room / "page.html", room / "page.png"
        page.write_text(path.read_text(encoding="utf-8") + PROBE, encoding="utf-8")
        dom = chromium(room, page, f"--window-size={WIDTH},1000", "--dump-dom")
        seen = json.loads(re.search('data-seen="([^"]*)"', dom)[1].replace("&quot;", '"'))
        chromium(room, page, f"--window-size={WIDTH},{seen['height']}", f"--screenshot={shot}")
        with Image.open(shot) as whole:
            image = whole.convert("L")
        return [ink(image.crop(tuple(map(round, box)))) for box in seen["boxes"]]
