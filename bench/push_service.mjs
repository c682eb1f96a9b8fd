// A push service for measuring: takes every message, over HTTP/2 or 1.1, and answers 201 after LATENCY milliseconds,
// having written the path of the message into RECEIPTS, where that names a file.
import { appendFileSync, readFileSync } from "node:fs"
import { createSecureServer } from "node:http2"

const latency = Number(process.env.LATENCY ?? 0)
const receipts = process.env.RECEIPTS
const [key, cert] = [process.env.KEY, process.env.CERT].map((path) => readFileSync(path))
const server = createSecureServer({ key, cert, allowHTTP1: true, settings: { maxConcurrentStreams: 100 } })

server.on("request", (request, response) => {
  const answer = () => {
    response.writeHead(201)
    response.end()
  }
  request.resume()
  if (receipts) appendFileSync(receipts, `${request.url}\n`)
  request.on("end", () => (latency ? setTimeout(answer, latency) : answer()))
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
