// The code for pushes is fetched only where it is needed: on a phone that is pushed to, or beside an offer to be.
const late = document.querySelector("script[data-push]")?.dataset.push;
if (late && (self.Notification?.permission === "granted" || document.querySelector("[data-hear]"))) import(late).catch(() => {});
