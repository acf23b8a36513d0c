import express from 'express'

/** What express does at the least for such a request: the same body parser, an answer of the same size. */
const answer = JSON.parse(process.env.BARE_ANSWER ?? '{}')
const app = express()
app.use(express.json({ limit: 100_000 }))
app.post('/v1/credentials', (_request, response) => {
  response.json(answer)
})
app.listen(Number(process.env.BARE_PORT), '127.0.0.1')
