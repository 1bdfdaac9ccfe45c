// The shapes that cross the network, as the server's own description gives them (schema.gen.ts).
import type * as Groups from './groups'
import type { components, webhooks } from './schema.gen'

export type * from './groups'

type Schemas = components['schemas']

/** A decimal number in a string. */
export type ID = string

/** RFC 9457. `code` is stable; `detail` is a sentence that a person can act on. */
export type Problem = Omit<Schemas['Problem'], 'type'>
export type FieldError = Schemas['ProblemField']

export type Account = Schemas['Account']
export type Contact = Schemas['Contact']
export type FriendRequest = Schemas['FriendRequest']
export type SyncRequest = Schemas['SyncIn']
export type Presence = Schemas['Presence']
export type ServerInfo = Schemas['Server']
export type Session = Schemas['Session']
export type Delivery = Schemas['Delivery']['delivery']
export type Language = Account['language']
export type EndReason = Schemas['SessionEnded']['reason']

export type Setup = Schemas['Setup']
export type Registration = Schemas['Registration']
export type Activation = Schemas['Activation']
export type SignIn = Schemas['SignIn']
export type AccountEdit = Schemas['AccountEdit']
export type PasswordChange = Schemas['PasswordChange']
export type ResetConfirmation = Schemas['ResetConfirmation']
export type AskFriend = Schemas['AskFriend']

export type MessageQuery = Omit<Schemas['ListMessagesIn'], 'conversationId'>

/** In the description, what the socket carries stands as webhooks: a command has a result, an event has none. */
type Webhook<K extends keyof webhooks> = webhooks[K]['post']

type Carried<K extends keyof webhooks> =
  Webhook<K> extends { requestBody: { content: { 'application/json': infer Payload } } } ? Payload : never

type Result<K extends keyof webhooks> =
  Webhook<K> extends { responses: { 200: { content: { 'application/json': infer Answer } } } }
    ? Answer
    : never

export type CommandName = {
  [K in keyof webhooks]: Webhook<K> extends { responses: { 200: unknown } } ? K : never
}[keyof webhooks]

export type EventName = Exclude<keyof webhooks, CommandName>

/** What a client can ask over the socket, and what it gets. */
export type SocketCommands = {
  [K in CommandName]: { request: Carried<K>; result: Grown<Result<K>> }
} & { 'message.send': { request: { mentions?: ID[]; mentionsAll?: boolean } } }

/** What the server tells without being asked. */
export type SocketEvents = { [K in EventName]: Grown<Carried<K>> }

type Grown<T> = T extends Schemas['SyncResult']
  ? Groups.SyncResult
  : T extends Schemas['MessagePage']
    ? Groups.MessagePage
    : T extends Schemas['Membership']
      ? Groups.Membership
      : T extends Schemas['ConversationDelta']
        ? Groups.ConversationDelta
        : T extends Schemas['UserDelta']
          ? Groups.UserDelta
          : T
