// The same messages by node's web-push, 50 at a time: one round for each line on stdin, which says how many.
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { createInterface } from "node:readline"

const webpush = createRequire(process.env.MODULES + "/")("web-push")
const { subscriptions, payload, vapidDetails } = JSON.parse(readFileSync(process.env.SCENE))
const options = { TTL: 3600, urgency: "normal", topic: "a1", vapidDetails }

async function round(count) {
  let next = 0
  const before = process.cpuUsage()
  const hand = async () => {
    while (next < count) await webpush.sendNotification(subscriptions[next++], payload, options)
  }
  await Promise.all(Array.from({ length: 50 }, hand))
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

for await (const line of createInterface({ input: process.stdin })) console.log(await round(Number(line)))
