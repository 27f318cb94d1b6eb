// Opens the page from disk in Chromium, uses it as a reader would, and prints what is seen as JSON.
//     node page.cjs CHROMIUM INDEX.HTML
const { chromium } = require("playwright-core");
const { pathToFileURL } = require("node:url");

const [,, program, file] = process.argv, home = pathToFileURL(file).href;
const seen = { errors: [], requests: [] };
// ms until what never comes is given up; whatever does come is waited for no longer than it takes
const PATIENCE = 240000;

async function main() {
  const browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox", "--disable-dev-shm-usage"],
    timeout: PATIENCE });
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const watched = async options => {
    const page = options ? await browser.newPage(options) : await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    page.on("console", message => ["error", "warning"].includes(message.type()) && seen.errors.push(message.text()));
    page.on("pageerror", error => seen.errors.push(String(error)));
    page.on("dialog", dialog => { seen.errors.push("a script of the data ran"); dialog.dismiss(); });
    page.on("request", request => !request.url().startsWith("file:") && !request.url().startsWith("data:")
      && seen.requests.push(request.url()));
    return page;
  };
  const page = await watched(), texts = selector => page.locator(selector).allInnerTexts();
  const names = () => texts(".layouts tbody th a");

  await page.goto(home);
  seen.drawn = await (await page.waitForFunction(() =>
    document.querySelector(".layouts tbody tr") && performance.now())).jsonValue();
  seen.first = await names();

  // Each of the questions to begin with leads to an answer.
  const asking = await watched();
  await asking.goto(home);
  await asking.waitForSelector(".questions[open] a");
  seen.questions = [];
  for (const question of await asking.locator(".questions a").all()) {
    await asking.goto(home);
    await asking.waitForSelector(".questions[open]");
    await question.click();
    await asking.waitForSelector(".questions:not([open])", { state: "attached" });
    await asking.waitForSelector(".plot svg, main tbody tr, .part li");
    await asking.waitForSelector(".loading", { state: "detached" });
    seen.questions.push([await asking.locator("main h2").first().innerText(),
                         await asking.locator("main").innerText()]);
  }
  await asking.close();

  // Filters, another baseline, sorting, search; all of it stands in the address.
  await page.getByLabel("operation").selectOption("put");
  await page.getByLabel("baseline").selectOption("reference");
  await page.getByRole("link", { name: /^layout/ }).click();
  await page.getByLabel("search").pressSequentially("arena");
  await page.waitForFunction(() => document.querySelectorAll(".layouts tbody tr").length < 20);
  seen.filtered = await names();
  seen.address = await page.evaluate(() => location.hash);
  seen.row = (await texts(".layouts tbody tr"))[0];

  // What is not here, but in other experiments.
  const away = await watched();
  await away.goto(`${home}#q=boost`);
  await away.locator(".nothing a", { hasText: "buckets" }).first().click();
  await away.waitForSelector(".layouts tbody tr");
  seen.elsewhere = await away.locator(".layouts tbody th a").allInnerTexts();
  await away.goto(`${home}#q=path compression`);
  await away.locator(".layouts tbody th a", { hasText: "fix3" }).waitFor();
  seen.meant = await away.locator(".layouts tbody th a").allInnerTexts();
  await away.close();

  // The same address elsewhere shows the same.
  const other = await watched();
  await other.goto(home + seen.address);
  await other.waitForSelector(".layouts tbody tr");
  seen.shared = await other.locator(".layouts tbody th a").allInnerTexts();
  await other.close();

  // A point, by keyboard alone: its samples, its command, its source; Escape goes back to where it was.
  await page.locator(".layouts tbody th a").first().focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".drawer .plot svg");
  seen.point = { title: (await texts(".drawer h2"))[0], command: (await texts(".drawer .command pre"))[0] };
  await page.locator(".drawer summary").first().click();
  seen.point.samples = (await texts(".drawer .samples tbody tr")).length;
  for (let tabs = 0; tabs < 30; tabs++) await page.keyboard.press("Tab");
  seen.point.kept = await page.evaluate(() =>
    document.activeElement === document.body || Boolean(document.activeElement.closest(".drawer")));
  await page.locator(".drawer .sources a").last().click();
  await page.waitForSelector(".drawer .source");
  seen.source = (await texts(".drawer .source"))[0].slice(0, 200);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".drawer .facts");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector(".drawer"));
  seen.back = await page.evaluate(() => document.activeElement.textContent);

  // Every view draws, on a desk and on a phone, and nothing sticks out.
  seen.views = {};
  const links = await page.locator(".views a").evaluateAll(all =>
    all.map(one => [one.textContent, one.getAttribute("href")]));
  const phone = await watched({ viewport: { width: 390, height: 844 }, colorScheme: "dark" });
  for (const [name, to] of links) {
    seen.views[name] = {};
    for (const [kind, where] of [["desk", page], ["phone", phone]]) {
      await where.goto(home + to);
      await where.waitForSelector("main .head h2");
      await where.waitForSelector("main .loading", { state: "detached" });
      await where.waitForSelector(".plot svg, tbody tr, .part li, .stored li");
      seen.views[name][kind] = await where.evaluate(() => ({
        title: document.querySelector("main h2").textContent, figures: document.querySelectorAll(".plot svg").length,
        rows: document.querySelectorAll("tbody tr, .part li, .stored li").length,
        over: document.documentElement.scrollWidth - innerWidth,
        links: document.querySelectorAll(".plot a").length }));
    }
  }

  // An experiment with an operation and settings that the page knows nothing of, in each of its views.
  seen.unknown = {};
  for (const [name, to] of links.slice(0, 3)) {
    await page.goto(`${home}${to === "#" ? "#" : `${to}&`}x=made-told`);
    await page.waitForSelector(".choices");
    await page.waitForSelector(".layouts tbody tr, .plot svg, .nothing");
    seen.unknown[name] = (await texts("main"))[0];
  }
  await page.goto(`${home}#x=made-told&setting=differ%3D100&base=lazy`);
  await page.waitForSelector(".layouts tbody tr");
  seen.unknown.rows = await texts(".layouts tbody tr");
  await page.locator(".layouts tbody th a").last().click();
  await page.waitForSelector(".drawer .plot svg");
  seen.unknown.point = (await texts(".drawer"))[0];
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => !document.querySelector(".drawer"));

  // A contributor's experiment, with a script in its texts.
  await page.goto(`${home}#view=stored`);
  await page.waitForSelector(".stored li");
  seen.stored = await texts(".stored .title");
  seen.machines = await texts("main h3");
  await page.goto(`${home}#x=contributed-stranger-0`);
  await page.waitForSelector(".origin .badge");
  seen.contributed = { origin: (await texts(".origin"))[0],
                       options: await page.locator("optgroup").evaluateAll(all => all.map(one => one.label)) };

  // What an address makes no sense of is told.
  for (const [to, told] of [["#x=nowhere", "There is no experiment nowhere"],
                            ["#point=no~such~point", "no point of that name: no~such~point"],
                            ["#view=__proto__", "How fast is each layout"],
                            ["#view=space&source=constructor", "There is no constructor in this tree"]]) {
    await page.goto(home + to);
    await page.reload();
    await page.locator("main", { hasText: told }).waitFor();
  }
  await browser.close();
  console.log(JSON.stringify(seen));
}

main().catch(error => { console.error(error); process.exit(1); });
