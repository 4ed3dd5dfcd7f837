// Opens pinhole's report in headless Chromium and does what a reader does; prints a line for each check, "pass WHAT" or
// "FAIL WHAT: why". SPDX-License-Identifier: MIT
//     node report.js CHROMIUM SCREENSHOTS PAGE HOSTILE LARGE
// PAGE is the report of a real profile, HOSTILE and LARGE those of tests/oracles/report-profile. The driver is found through NODE_PATH.
"use strict";
const { chromium } = require("playwright-core");
const path = require("path");
const { pathToFileURL } = require("url");

const [browserPath, screenshots, ...pages] = process.argv.slice(2);
const [page, hostile, large] = pages.map((file) => pathToFileURL(path.resolve(file)).href);
const patience = 120000; // a machine may be busy
const must = (fine, why) => {
	if (!fine)
		throw new Error(why);
};
const shown = async (tab) => (await tab.locator("#matches").textContent()).trim();

// A tab that notes everything that it should not have done.
const opened = async (browser, url, options) => {
	const context = await browser.newContext({ reducedMotion: "reduce", ...options });
	context.setDefaultTimeout(patience);
	const tab = await context.newPage();
	tab.wrongs = [];
	tab.on("console", (message) => tab.wrongs.push("console: " + message.text()));
	tab.on("pageerror", (error) => tab.wrongs.push("error: " + error.message));
	tab.on("dialog", (dialog) => { tab.wrongs.push("dialog: " + dialog.message()); dialog.dismiss(); });
	tab.on("request", (request) => { if (request.url() !== url) tab.wrongs.push("request: " + request.url()); });
	await tab.goto(url);
	return tab;
};
const closed = async (tab) => {
	await tab.context().close();
	must(tab.wrongs.length === 0, tab.wrongs.join("; "));
};

// The least contrast of the texts of the page with what is behind them (WCAG 2, 1.4.3).
const contrast = () => {
	const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
	const light = (colour) => numbers(colour).slice(0, 3).map((c) => c / 255)
		.map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
		.reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const behind = (element) => {
		for (let e = element; e !== null; e = e.parentElement)
			if ((numbers(getComputedStyle(e).backgroundColor)[3] ?? 1) > 0)
				return getComputedStyle(e).backgroundColor;
		return "rgb(255, 255, 255)";
	};
	let least = [21, ""];
	const note = (colour, ground, enough, name) => {
		const [a, b] = [light(colour), light(ground)];
		const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) * 4.5 / enough;
		if (ratio < least[0])
			least = [ratio, name];
	};
	/* Names on the boxes of stacks are text; a state of a call needs 3 (1.4.11). */
	for (const box of document.querySelectorAll(".icicle .f"))
		note(getComputedStyle(box.querySelector("text")).fill, getComputedStyle(box.querySelector("rect")).fill, 4.5, "a box of stacks: " + box.className.baseVal);
	for (const cell of document.querySelectorAll(".map .k.open:not(.added) rect, .map .k.narrow:not(.added) path"))
		note(getComputedStyle(cell).fill, getComputedStyle(document.body).backgroundColor, 3, "a cell of the map: " + cell.parentElement.className.baseVal);
	for (const element of document.querySelectorAll("body *")) {
		if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== "") || element.closest("script, svg"))
			continue;
		note(getComputedStyle(element).color, behind(element), 4.5, element.tagName + "." + element.className);
	}
	return least;
};

const look = async (browser, colorScheme, width) => {
	const tab = await opened(browser, page, { colorScheme, viewport: { width, height: 900 } });
	const dark = await tab.evaluate(() => getComputedStyle(document.body).backgroundColor);
	must((dark === "rgb(255, 255, 255)") === (colorScheme === "light"), "the background is " + dark);
	must(await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the page scrolls sideways");
	const [ratio, where] = await tab.evaluate(contrast);
	must(ratio >= 4.5, `contrast ${ratio.toFixed(2)} of ${where}`);
	const [one, two] = await tab.evaluate(() => ["discovery", "confidence"].map((id) => document.getElementById(id).getBoundingClientRect().top));
	must((one === two) === (width > 1024), `the curves are at ${one} and ${two}`);
	const name = path.join(screenshots, `${colorScheme}-${width}`);
	await tab.screenshot({ path: name + "-top.png" });
	await tab.locator("#discovery").evaluate((element) => element.scrollIntoView());
	await tab.screenshot({ path: name + "-policy.png" });
	await tab.locator("#calls details:not(.rule)").first().evaluate((element) => { element.open = true; });
	await tab.locator("#calls").evaluate((element) => element.scrollIntoView());
	await tab.screenshot({ path: name + "-calls.png" });
	await tab.selectOption("#danger", "any");
	await tab.locator("#matches").evaluate((element) => element.scrollIntoView());
	await tab.screenshot({ path: name + "-danger.png" });
	await closed(tab);
};

const filters = async (browser) => {
	const tab = await opened(browser, page);
	const all = await shown(tab);
	const rows = (selector) => tab.locator("tr[data-f]" + selector).count();
	const total = await rows("");
	must(all === `${total} facts`, `${all}, and ${total} rows`);
	await tab.fill("#text", "SOCK_STREAM");
	const found = parseInt(await shown(tab), 10);
	must(found > 0 && found < total, "search: " + await shown(tab));
	const visible = await tab.locator("tr[data-f]:visible").allTextContents();
	must(visible.length === found && visible.every((text) => text.includes("SOCK_STREAM")), `search: ${visible.length} rows to be seen`);
	await tab.fill("#text", "no such text");
	must((await shown(tab)).startsWith("0 of "), "nothing: " + await shown(tab));
	must(await tab.locator("section.group:visible").count() === 0, "headings of empty groups");
	await tab.click("button[type=reset]");
	await tab.waitForFunction((text) => document.getElementById("matches").textContent === text, all);
	for (const [id, value, selector] of [["phase", "load", "[data-f=load]"], ["danger", "any", "[data-d]"], ["danger", "caution", "[data-d~=caution]"]]) {
		await tab.selectOption("#" + id, value);
		must(parseInt(await shown(tab), 10) === await rows(selector), `${id} ${value}: ${await shown(tab)}`);
		await tab.selectOption("#" + id, "");
	}
	const group = await tab.locator("#group option").nth(1).textContent();
	await tab.selectOption("#group", group);
	must(await tab.locator("section.group:visible").count() === 1, "one group: " + group);
	await tab.selectOption("#group", "");
	for (const id of ["program", "run"]) {
		await tab.selectOption("#" + id, "0");
		must(parseInt(await shown(tab), 10) > 0, `${id} 0: ${await shown(tab)}`);
		await tab.selectOption("#" + id, "");
	}
	must(await shown(tab) === all, "at last: " + await shown(tab));
	await closed(tab);
};

// The map: a cell tells its rule, a click and Enter show the call's facts, the arrow keys go on; and it is to be seen.
const map = async (browser) => {
	for (const colorScheme of ["light", "dark"]) {
		const tab = await opened(browser, page, { colorScheme, viewport: { width: 1280, height: 900 } });
		const cells = await tab.locator("#map .k title").count();
		must(cells > 360, cells + " cells");
		must(await tab.locator("#map .map [tabindex='0']").count() === 1, "the map is not one stop of the Tab key");
		const link = tab.locator("#map a.k[href='#c-openat']");
		await link.hover();
		must((await tab.locator("#map .told").textContent()).startsWith("openat: "), "it tells nothing");
		await link.click();
		const visible = await tab.locator("tr[data-f]:visible").count();
		must(visible > 0 && visible === await tab.locator("#c-openat tr[data-f]").count(), `${visible} rows of openat`);
		must(parseInt(await shown(tab), 10) === visible, await shown(tab));
		must(await tab.inputValue("#call") === "c-openat", "the filter does not say what it shows");
		await tab.click("button[type=reset]");
		await tab.locator("#map .map [tabindex='0']").focus();
		const told = () => tab.locator("#map .told").textContent();
		const first = await told();
		await tab.keyboard.press("ArrowRight");
		must(await told() !== first, "the arrow key does not go on");
		await tab.keyboard.press("ArrowLeft");
		must(await told() === first, "nor back");
		await tab.locator("#map a.k[href='#c-mmap']").focus();
		await tab.keyboard.press("Enter");
		must(await tab.inputValue("#call") === "c-mmap", "Enter does not show the facts");
		const fills = await tab.evaluate(() => [".k.open:not(.added):not(.caution) rect", ".k.caution.open rect", ".k.closed rect"].map((one) => getComputedStyle(document.querySelector("#map .map " + one)).fill));
		must(new Set(fills).size === 3, "states look alike: " + fills.join(", "));
		await closed(tab);
	}
};

// The stacks: a click and Enter make a function fill the width, a button shows the whole again, another its facts.
const stacks = async (browser) => {
	const tab = await opened(browser, page, { viewport: { width: 1280, height: 900 } });
	const widths = () => tab.evaluate(() => [...document.querySelectorAll(".icicle .f")].map((e) => ["x", "width"].map((name) => parseFloat(e.getAttribute(name)).toFixed(2)).join(" ")).join());
	const before = await widths();
	const main = tab.locator(".icicle .f:not(.call0)", { has: tab.locator("text", { hasText: /^main$/ }) }).first();
	must(await tab.locator("#whole").isDisabled() && await tab.locator("#theirs").isDisabled(), "buttons that do nothing yet");
	await main.click();
	must(parseFloat(await main.getAttribute("width")) > 99.9, "main does not fill the width: " + await main.getAttribute("width"));
	must(await tab.locator(".icicle .f[display=none]").count() > 0, "all else is still there");
	await tab.click("#theirs");
	must(await tab.inputValue("#text") === "main", "the facts of main: " + await tab.inputValue("#text"));
	const rows = await tab.locator("tr[data-f]:visible").allTextContents();
	must(rows.length > 0 && rows.every((text) => text.includes("main")), rows.length + " facts of main");
	await tab.click("#whole");
	must(await widths() === before, "the whole is not as it was");
	await main.focus();
	await tab.keyboard.press("Enter");
	must(parseFloat(await main.getAttribute("width")) > 99.9, "Enter does not zoom");
	await tab.keyboard.press("ArrowRight");
	must(await tab.evaluate(() => document.activeElement.closest(".icicle") !== null), "the arrow key leaves the drawing");
	await tab.click("#whole");
	const link = tab.locator(".icicle a[href^='#c-']").first();
	await link.focus();
	await tab.keyboard.press("Enter");
	must(await tab.inputValue("#call") === (await link.getAttribute("href")).slice(1), "a call does not show its facts");
	/* And back: to the call's first box, though the drawing shows a part without it. */
	const back = tab.locator("#calls tbody:not([hidden]) a[href^='#w-']").first();
	const box = (await back.getAttribute("href")).slice(1);
	await tab.evaluate((id) => {
		const apart = [...document.querySelectorAll(".icicle .f:not(.call0)")].reverse().find((e) => !e.closest("a"));
		apart.dispatchEvent(new MouseEvent("click", { bubbles: true }));
		return id;
	}, box);
	await back.focus();
	await tab.keyboard.press("Enter");
	await tab.waitForFunction((id) => document.activeElement.id === id, box);
	const seen = await tab.evaluate((id) => {
		const at = document.getElementById(id).getBoundingClientRect();
		return at.width > 0 && at.bottom > 0 && at.top < innerHeight;
	}, box);
	must(seen, "the call's box is not to be seen");
	await closed(tab);
};

const keyboard = async (browser) => {
	const tab = await opened(browser, page);
	const focus = () => tab.evaluate(() => document.activeElement.id || document.activeElement.className || document.activeElement.tagName);
	await tab.keyboard.press("Tab");
	must(await focus() === "skip", "the first is " + await focus());
	let steps = 0;
	await tab.keyboard.press("Enter");
	while (await focus() !== "text" && steps++ < 5)
		await tab.keyboard.press("Tab");
	must(await focus() === "text", "Tab does not reach the search");
	must(await tab.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none"), "the focus is not to be seen");
	await tab.keyboard.type("openat");
	must(/^\d+ of /.test(await shown(tab)), "typed: " + await shown(tab));
	for (steps = 0; await focus() !== "SUMMARY" && steps < 40; steps++)
		await tab.keyboard.press("Tab");
	const open = () => tab.evaluate(() => document.activeElement.parentElement.open);
	must(await focus() === "SUMMARY" && !await open(), "Tab does not reach a stack");
	await tab.keyboard.press("Enter");
	must(await open(), "Enter does not open it");
	await tab.keyboard.press("Enter");
	must(!await open(), "Enter does not close it");
	await tab.click("#open");
	must(await tab.locator("tr[data-f]:visible details:not([open])").count() === 0, "stacks left closed");
	await closed(tab);
};

const strangers = async (browser) => {
	const tab = await opened(browser, hostile);
	await tab.click("#open");
	const odd = await tab.evaluate(() => [...document.querySelectorAll("img, svg:not(.chart svg, .square svg, .legend svg, .icicle, .icicle svg, .strip), iframe, object, embed, link, a[href]:not([href^='#'])")].map((e) => e.outerHTML));
	must(odd.length === 0, odd.join(" "));
	must(await tab.evaluate(() => document.scripts.length === 1 && document.querySelectorAll("style").length === 1), "scripts or styles of others");
	for (const text of ["<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "</style><style>*{display:none}", "&lt;b&gt;&amp;", "<!--"])
		must((await tab.locator("#runs").textContent()).includes(text) && (await tab.locator("#calls").textContent()).includes(text), "not to be read: " + text);
	await tab.fill("#text", "<script>alert(1)");
	must(parseInt(await shown(tab), 10) > 0, "not to be found: " + await shown(tab));
	await tab.screenshot({ path: path.join(screenshots, "hostile.png") });
	await closed(tab);
};

const many = async (browser) => {
	const tab = await opened(browser, large);
	must(/^50\d\d facts$/.test(await shown(tab)), await shown(tab));
	// The best of several: what the page needs, not what else the machine does.
	const times = await tab.evaluate(() => {
		const text = document.getElementById("text");
		const all = [];
		for (const word of ["open", "function_number_77", "nothing", "openat", "libpart-3", "madvise", "gone", "kill", "function"]) {
			text.value = word;
			const from = performance.now();
			text.dispatchEvent(new Event("input", { bubbles: true }));
			document.body.offsetHeight;
			all.push(performance.now() - from);
		}
		return all.sort((a, b) => a - b);
	});
	console.log(`note 5,000 facts are searched in ${times[0].toFixed(0)} to ${times.at(-1).toFixed(0)} ms, half of the times in less than ${times[4].toFixed(0)}`);
	await closed(tab);
};

const withoutScript = async (browser) => {
	const context = await browser.newContext({ javaScriptEnabled: false });
	context.setDefaultTimeout(patience);
	const tab = await context.newPage();
	await tab.goto(page);
	must(!await tab.locator("#filter").isVisible(), "filters that do nothing");
	const summary = tab.locator("#calls tr[data-f] summary").first();
	await summary.click();
	must(await tab.locator("#map .told").count() > 0 && !await tab.locator("#map .told").isVisible(), "a hint that does nothing");
	must(await tab.locator("#map a.k").first().isVisible() && (await tab.locator("#verdict").textContent()).length > 40, "no map, or no verdict");
	must(await tab.locator("#calls tr[data-f] details").first().locator("> :nth-child(2)").isVisible(), "a stack does not open");
	await context.close();
};

(async () => {
	const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"], timeout: patience });
	const checks = [];
	for (const scheme of ["light", "dark"])
		for (const width of [1400, 800, 360])
			checks.push([`it is readable, ${scheme}, ${width} pixels wide`, () => look(browser, scheme, width)]);
	checks.push(["search and filters", () => filters(browser)], ["the map", () => map(browser)], ["the stacks", () => stacks(browser)], ["the keyboard is enough", () => keyboard(browser)],
		["names of strangers are text", () => strangers(browser)], ["without scripts it is all there", () => withoutScript(browser)],
		["5,000 facts", () => many(browser)]);
	let failed = 0;
	for (const [name, check] of checks)
		try {
			await check();
			console.log("pass " + name);
		} catch (error) {
			failed++;
			console.log(`FAIL ${name}: ${error.message.split("\n")[0]}`);
		}
	await browser.close();
	process.exit(failed === 0 ? 0 : 1);
})();
