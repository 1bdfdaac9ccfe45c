// A real OpenID provider (panva/node-oidc-provider, certified by the OpenID Foundation) with one client, for tests: it
// listens on a free port, prints {"issuer": …} in a line, and ends with its standard input. Its own pages ask for a
// name and any password. Whoever is called “ann” there is ann@example.com; what follows a plus says what is special:
// ann+unverified has an address that is not verified, ann+nomail has none.
import { createServer } from 'node:http'
import { generateKeyPairSync } from 'node:crypto'

// It reminds of what is for development only, which is what this is.
console.info = console.warn = () => {}
const { Provider } = await import('oidc-provider')

const server = createServer()
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://localhost:${server.address().port}`

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'happychat',
      client_secret: 'a secret of provider and chat',
      // The port is not looked at (RFC 8252, section 7.3): every test has a server of its own.
      application_type: 'native',
      redirect_uris: ['http://localhost/sign-in/oidc', 'http://127.0.0.1/sign-in/oidc'],
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'test', use: 'sig', alg: 'RS256' }] },
  cookies: { keys: ['only for tests'] },
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'] },
  pkce: { required: () => true },
  async findAccount(_context, id) {
    const [name, special] = id.split('+')
    return {
      accountId: id,
      async claims() {
        return {
          sub: id,
          name: name[0].toUpperCase() + name.slice(1),
          preferred_username: name,
          ...(special === 'nomail'
            ? {}
            : { email: `${name}@example.com`, email_verified: special !== 'unverified' }),
        }
      },
    }
  },
})
provider.on('server_error', (_context, error) => console.error(error))
server.on('request', provider.callback())
console.log(JSON.stringify({ issuer }))

process.stdin.resume().on('end', () => process.exit(0))
