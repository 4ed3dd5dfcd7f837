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
		const [group, danger, phase, program, run] =
			["group", "danger", "phase", "program", "run"].map((id) => field(id).value);
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
				for (const fact of call.facts)
					inGroup += hide(fact, !fits(fact));
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
