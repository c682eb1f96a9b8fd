"""`python -m bench [PART …]` measures, prints and keeps; `… cpu --profile` only prints a profile.

The parts: bytes, cpu, push, pipeline, kills, phones, sound, speed, update, visits, writes, scripts, words, look, said;
all of them, where none is named.
"""

import argparse
import logging

from bench import bytes as weight
from bench import cpu, kills, look, phones, pipeline, push, said, scripts, sound, speed, update, visits, words, writes
from bench.figures import Figure, keep, word, written
from bench.server import THREADS

LOOPBACK = (
    "Real Chromium; headers included. Plain http on loopback, where Chromium takes Brotli as over https; "
    "TLS would come on top."
)


def bytes_figures() -> list[Figure]:
    found, command = weight.measure(), "python -m bench bytes"
    invitation, cold, warm = found.invitation, found.cold, found.warm
    return [
        Figure("invitation, cold: bytes", invitation.size, "bytes", "<= 14600", command, f"{LOOPBACK} {invitation}."),
        Figure("invitation, cold: requests", invitation.requests, "requests", "<= 4", command),
        Figure(
            "group page, 20 announcements, cold: bytes", cold.size, "bytes", "<= 25000", command,
            f"The whole visit: page, files, worker and what it keeps, manifest, icon, the report of reading. {cold}.",
        ),
        Figure("group page, 20 announcements, cold: requests", cold.requests, "requests", "", command),
        Figure(
            "group page, 20 announcements, warm: bytes", warm.size, "bytes", "<= 5000", command,
            f"Opened again in a new tab, by a reader who has read all twenty by now, which changes the page. {warm}.",
        ),
        Figure("group page, 20 announcements, warm: requests", warm.requests, "requests", "", command),
        Figure(
            "requests to other hosts", len(found.crawl.strangers), "requests", "<= 0", command,
            f"In a crawl of {found.crawl.pages} pages, signed out, as a member and as an admin.",
        ),
    ]  # fmt: skip


def cpu_figures() -> list[Figure]:
    cost, command = cpu.measure(), "python -m bench cpu"
    note = (
        "User and system time of the server's process tree (schedstat), one client, no Accept-Encoding, waitress with "
        f"{THREADS} threads, SQLite, {cpu.ROUNDS} interleaved rounds of {cpu.REQUESTS}; the median round. "
        f"Bytes: ours {cost.our_bytes}, plain {cost.plain_bytes}."
    )
    return [
        Figure("group page against plain: requests per CPU-second", cost.ratio, "", ">= 0.25", command, note),
        Figure("group page, fragments kept, against plain", cost.cached_ratio, "", ">= 0.5", command),
        Figure("group page: CPU", cost.ours, "ms", "", command, f"Best round {cost.best_ours:.2f} ms."),
        Figure("group page, fragments kept: CPU", cost.cached, "ms", "", command, f"Best {cost.best_cached:.2f} ms."),
        Figure("plain page: CPU", cost.plain, "ms", "", command, f"Best round {cost.best_plain:.2f} ms."),
    ]


PARTS = {
    "bytes": bytes_figures, "cpu": cpu_figures, "push": push.figures, "pipeline": pipeline.figures,
    "kills": kills.figures, "phones": phones.figures, "update": update.figures,
    "sound": sound.figures, "speed": speed.figures, "visits": visits.figures, "writes": writes.figures,
    "scripts": scripts.figures, "words": words.figures, "said": said.figures, "look": look.figures,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help="what to measure; all without")
    parser.add_argument("--profile", action="store_true", help="with cpu: where our time goes")
    given = parser.parse_args()
    if unknown := set(given.parts) - set(PARTS):
        parser.error(f"there is no {', '.join(unknown)}; there is {', '.join(PARTS)}")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if given.profile:
        cpu.profile()
        return
    for part in given.parts or PARTS:
        figures = PARTS[part]()
        keep(figures)
        _print(figures)


def _print(figures: list[Figure]) -> None:
    for figure in figures:
        value = f"{written(figure.value)} {figure.unit}"
        print(f"{figure.name:<52} {value:>16}  {figure.goal:<9} {word(figure.holds).strip('*')}")


if __name__ == "__main__":
    main()
