// Who hears it was chosen anew: how many that are is asked anew (static/late/audience.js).
addEventListener("change", ({ target }) => target.closest?.("[data-counts]")?.querySelector("[data-late]").click());
