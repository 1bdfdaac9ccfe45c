import { once } from 'node:events'
import { createServer, type Server as HTTP, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An endpoint for chat completions whose answers the test gives, piece by piece. */
export class Model {
  private readonly http: HTTP
  private readonly waiting: Answer[] = []
  private wanted: ((answer: Answer) => void)[] = []

  private constructor() {
    this.http = createServer((request, response) => {
      let body = ''
      request.setEncoding('utf8').on('data', (text: string) => (body += text))
      request.on('end', () => {
        response.writeHead(200, { 'Content-Type': 'text/event-stream' })
        const answer = new Answer(response, JSON.parse(body) as Asked)
        const next = this.wanted.shift()
        if (next) next(answer)
        else this.waiting.push(answer)
      })
    })
  }

  static async start() {
    const model = new Model()
    model.http.listen(0, '127.0.0.1')
    await once(model.http, 'listening')
    return model
  }

  get url() {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}/v1`
  }

  /** The next question that the robot passes on. */
  async asked(): Promise<Answer> {
    return this.waiting.shift() ?? new Promise((resolve) => this.wanted.push(resolve))
  }

  async stop() {
    this.http.closeAllConnections()
    this.http.close()
    await once(this.http, 'close')
  }
}

interface Asked {
  messages: { role: string; content: string }[]
}

export class Answer {
  readonly asked: Asked
  private readonly response: ServerResponse

  constructor(response: ServerResponse, asked: Asked) {
    this.response = response
    this.asked = asked
  }

  say(text: string) {
    this.response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: text } }] })}\n\n`)
  }

  end() {
    this.response.end('data: [DONE]\n\n')
  }
}
