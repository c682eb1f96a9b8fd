// Reads the page aloud where this phone has a voice for its language; elsewhere the button stays away.
const speech = self.speechSynthesis;
const wanted = document.documentElement.lang;

export const speaks = (voice, language) => voice.lang.toLowerCase().split(/[-_]/)[0] === language;

const words = () => {
  const parts = document.querySelectorAll("main h1, main h2, main p, main b, main .btn span, .title h1");
  return [...parts].filter((part) => part.offsetParent).map((part) => part.textContent.trim()).join(". ");
};

const offer = () => {
  const voice = speech.getVoices().find((one) => speaks(one, wanted));
  if (!voice) return;
  for (const button of document.querySelectorAll("[data-listen]")) {
    button.hidden = false;
    button.onclick = () => {
      const was = speech.speaking;
      speech.cancel();
      if (!was) speech.speak(Object.assign(new SpeechSynthesisUtterance(words()), { voice, lang: voice.lang, rate: 0.9 }));
    };
  }
};

if (speech && document.querySelector("[data-listen]")) {
  offer();
  speech.addEventListener?.("voiceschanged", offer);
}
