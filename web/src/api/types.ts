// The shapes that cross the network, as the server's own description gives them (schema.gen.ts).
import type { components, webhooks } from './schema.gen'

type Schemas = components['schemas']

/** A decimal number in a string. */
export type ID = string

/** RFC 9457. `code` is stable; `detail` is a sentence that a person can act on. */
export type Problem = Omit<Schemas['Problem'], 'type'>
export type FieldError = Schemas['ProblemField']

export type Card = Schemas['Card']
export type Conversation = Schemas['Conversation']
export type Group = Schemas['Group']
export type Announcement = Schemas['Announcement']
export type Member = Schemas['Member']
export type Membership = Schemas['Membership']
export type Message = Schemas['Message']
export type Notice = Schemas['Notice']
export type MessagePage = Schemas['MessagePage']
export type Attachment = Schemas['Attachment']
export type Upload = Omit<Schemas['Upload'], '$schema'>
export type ConversationDelta = Schemas['ConversationDelta']
export type UserDelta = Schemas['UserDelta']
export type SyncResult = Schemas['SyncResult']
/** Where a browser is called; PushSubscription is the DOM's. */
export type PushSubscriptionPlace = Schemas['PushSubscription']
export type GroupCard = Schemas['GroupCard']
export type JoinRequest = Schemas['JoinRequest']
export type Invitation = Schemas['Invitation']
export type GroupLink = Schemas['GroupLink']
export type GroupEdit = Schemas['GroupEdit']
export type MemberEdit = Schemas['MemberEdit']
export type NewLink = Schemas['NewLink']
export type NewGroup = Schemas['NewGroup']
export type MembershipEdit = Schemas['Settings']
export type Sticker = Schemas['Sticker']
export type StickerKey = NonNullable<Schemas['Sticker']['key']>
export type StickerPack = Omit<Schemas['StickerPack'], '$schema'>
export type FavouriteSticker = Omit<Schemas['FavouriteSticker'], '$schema'>
export type StickerItem = Schemas['StickerItem']
export type PackEdit = Omit<Schemas['PackEdit'], '$schema'>
export type MemberPage = Schemas['MemberList']
/** The members of a group page by page, found by any of their names. */
export type MemberQuery = Omit<Schemas['MemberListIn'], 'conversationId'>
export type Account = Schemas['Account']
export type Contact = Schemas['Contact']
export type Profile = Omit<Schemas['Profile'], '$schema'>
export type EmailChange = Schemas['EmailChange']
export type EmailConfirmed = Schemas['EmailConfirmed']
export type Factors = Schemas['Factors']
export type Passkey = Schemas['Passkey']
export type PasskeyMade = Schemas['PasskeyMade']
export type PasskeyUsed = Omit<Schemas['PasskeySignIn'], 'remember' | 'use' | '$schema'>
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
export type Arrival = Schemas['Arrival']
export type Proposal = Omit<Schemas['Proposal'], '$schema'>
export type VisitSignUp = Schemas['VisitSignUp']
export type Identity = Omit<Schemas['Identity'], '$schema'>
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
  [K in CommandName]: { request: Carried<K>; result: Result<K> }
}

/** What the server tells without being asked. */
export type SocketEvents = { [K in EventName]: Carried<K> }
