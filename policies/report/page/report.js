/* The report's search and filters. Everything is in the page already: this hides rows. SPDX-License-Identifier: MIT */
"use strict";
(() => {
	const form = document.getElementById("filter");
	const matches = document.getElementById("matches");
	const open = document.getElementById("open");
	const field = (id) => document.getElementById(id);

	/* "0-3 7" has 2. */
	const has = (ranges, n) => ranges.split(" ").some((range) => {
		const [from, to] = range.split("-");
		return range !== "" && n >= +from && n <= +(to ?? from);
	});

	/* The rows as they are hidden: facts in calls (tbody) in groups (section). Text is looked at when it is first needed. */
	const groups = [...document.querySelectorAll("section.group")].map((element) => ({
		element,
		name: element.dataset.g,
		calls: [...element.querySelectorAll("tbody")].map((body) => ({
			element: body,
			facts: [...body.querySelectorAll("tr[data-f]")].map((row) => ({ element: row, data: row.dataset, text: null })),
		})),
	}));
	const facts = groups.flatMap((group) => group.calls.flatMap((call) => call.facts));
	const total = facts.length;
	const textOf = (fact) => fact.text ??= fact.element.textContent.toLowerCase();

	const hide = (item, hidden) => {
		if (item.element.hidden !== hidden)
			item.element.hidden = hidden;
		return hidden ? 0 : 1;
	};

	const apply = () => {
		const words = field("text").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
		const [group, name, danger, phase, program, run] =
			["group", "call", "danger", "phase", "program", "run"].map((id) => field(id).value);
		const fits = (fact) =>
			(phase === "" || fact.data.f === phase) &&
			(danger === "" || (fact.data.d !== undefined && (danger === "any" || fact.data.d.split(" ").includes(danger)))) &&
			(program === "" || has(fact.data.p, +program)) &&
			(run === "" || has(fact.data.r, +run)) &&
			words.every((word) => textOf(fact).includes(word));
		let shown = 0;
		for (const part of groups) {
			const wanted = group === "" || group === part.name;
			let inGroup = 0;
			for (const call of wanted ? part.calls : []) {
				const before = inGroup;
				const named = name === "" || name === call.element.id;
				for (const fact of call.facts)
					inGroup += hide(fact, !named || !fits(fact));
				hide(call, inGroup === before);
			}
			hide(part, inGroup === 0);
			shown += inGroup;
		}
		const noun = total === 1 ? "fact" : "facts";
		matches.textContent = shown === total ? `${total} ${noun}` : `${shown} of ${total} ${noun}`;
		form.classList.toggle("filtered", shown !== total);
	};

	const stacks = () => [...document.querySelectorAll("#calls tbody details")].filter((one) => one.closest("[hidden]") === null);
	form.hidden = false;
	form.addEventListener("input", apply);
	form.addEventListener("reset", () => setTimeout(apply));
	form.addEventListener("submit", (event) => event.preventDefault());
	open.addEventListener("click", () => {
		const shown = stacks(), opening = shown.some((one) => !one.open);
		for (const one of shown)
			one.open = opening;
		open.textContent = opening ? "Close the stacks shown" : "Open the stacks shown";
	});
	/* The facts of one call, from the map and other drawings: a link to its rows shows these alone. */
	document.addEventListener("click", (event) => {
		const link = event.target.closest('a[href^="#c-"]');
		if (link === null || event.ctrlKey || event.metaKey)
			return;
		event.preventDefault();
		form.reset();
		field("call").value = link.getAttribute("href").slice(1);
		apply();
		field("calls").scrollIntoView();
		field("call").focus({ preventScroll: true });
	});

	/* A drawing is one stop of the Tab key; the arrow keys go on, so many boxes up and down. What a box says stands above it, too. */
	const walk = (drawing, selector, told, down) => {
		const boxes = [...drawing.querySelectorAll(selector)];
		const boxOf = (event) => event.target.closest(selector);
		told.hidden = false;
		boxes.forEach((box, i) => box.setAttribute("tabindex", i === 0 ? "0" : "-1"));
		for (const name of ["mouseover", "focusin"])
			drawing.addEventListener(name, (event) => {
				if (boxOf(event) !== null)
					told.textContent = boxOf(event).querySelector("title").textContent;
			});
		drawing.addEventListener("keydown", (event) => {
			const at = boxes.indexOf(document.activeElement), last = boxes.length - 1;
			const to = { ArrowRight: at + 1, ArrowDown: at + down, ArrowLeft: at - 1, ArrowUp: at - down, Home: 0, End: last }[event.key];
			if (at < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey)
				return;
			event.preventDefault();
			const next = boxes[Math.min(Math.max(to, 0), last)];
			boxes[at].setAttribute("tabindex", "-1");
			next.setAttribute("tabindex", "0");
			next.focus();
		});
	};
	for (const map of document.querySelectorAll(".map"))
		walk(map, ".k", map.previousElementSibling, 12);

	/* A click on a function makes it fill the width, with what it called below it and who called it above. */
	const icicle = document.querySelector(".icicle");
	if (icicle !== null) {
		const boxes = [...icicle.querySelectorAll(".f")].map((element) => ({
			element, x: parseFloat(element.getAttribute("x")), width: parseFloat(element.getAttribute("width")),
		}));
		const whole = { x: 0, width: 100 };
		let shown = whole;
		const zoom = (to) => {
			shown = to;
			for (const box of boxes) {
				const outside = box.x + box.width <= to.x + 1e-3 || box.x >= to.x + to.width - 1e-3;
				const from = Math.max((box.x - to.x) / to.width * 100, 0);
				const end = Math.min((box.x + box.width - to.x) / to.width * 100, 100);
				box.element.setAttribute("display", outside ? "none" : "inline");
				box.element.setAttribute("x", (to === whole ? box.x : from) + "%");
				box.element.setAttribute("width", (to === whole ? box.width : Math.max(end - from, 0)) + "%");
			}
			field("whole").disabled = field("theirs").disabled = to === whole;
		};
		const boxOf = (element) => boxes.find((box) => box.element === element);
		icicle.addEventListener("click", (event) => {
			const element = event.target.closest(".f:not(.call0)");
			if (element !== null)
				zoom(boxOf(element));
		});
		icicle.addEventListener("keydown", (event) => {
			if (event.key === "Enter" && event.target.matches(".f:not(.call0)"))
				zoom(boxOf(event.target));
		});
		/* A link of a call's facts leads to a box, which may be outside of what fills the width. */
		window.addEventListener("hashchange", () => {
			const target = document.getElementById(location.hash.slice(1));
			if (target !== null && icicle.contains(target)) {
				zoom(whole);
				target.focus();
			}
		});
		const section = field("who");
		walk(icicle, ".f:not(.call0), a", section.querySelector(".told"), 1);
		section.querySelector(".zoom").hidden = false;
		field("whole").addEventListener("click", () => zoom(whole));
		field("theirs").addEventListener("click", () => {
			form.reset();
			field("text").value = shown.element.querySelector("text").textContent;
			apply();
			field("calls").scrollIntoView();
			field("text").focus({ preventScroll: true });
		});
	}

	/* The text of thousands of rows takes its time: it is got before somebody types, while nothing else is to be done. */
	let next = 0;
	const prepare = (deadline) => {
		while (next < facts.length && deadline.timeRemaining() > 1)
			textOf(facts[next++]);
		if (next < facts.length)
			requestIdleCallback(prepare);
	};
	if (window.requestIdleCallback)
		requestIdleCallback(prepare);
	/* A browser may have kept what was chosen before the page was loaded again. */
	apply();
})();
