// Hands the card to other apps: the phone's own share sheet where it takes pictures, else the file, as without this script.
export async function tapped(link) {
  const { href, download, dataset: { address: text } } = link;
  const answer = await fetch(href).catch(() => null);
  const files = answer?.ok ? [new File([await answer.blob()], download, { type: "image/png" })] : [];
  if (files.length && navigator.canShare?.({ files, text })) return navigator.share({ files, text }).catch(() => {}); // who closes the sheet has done nothing wrong
  Object.assign(document.createElement("a"), { href, download }).click();
}
