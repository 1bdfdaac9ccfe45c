-- What the right to write depends on stands with the conversation, since every
-- send reads it; the rest of a group stands apart, since every send would copy
-- it.
ALTER TABLE conversation ADD COLUMN state TEXT NOT NULL DEFAULT 'active';
ALTER TABLE conversation ADD COLUMN muted BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE group_profile (
    conversation_id     BIGINT NOT NULL PRIMARY KEY,
    number              TEXT NOT NULL UNIQUE,
    name                TEXT NOT NULL,
    name_key            TEXT NOT NULL,
    avatar              TEXT NOT NULL,
    join_policy         TEXT NOT NULL,
    join_requests       BIGINT NOT NULL, -- that wait
    announcement_number BIGINT NOT NULL,
    announcement        TEXT NOT NULL,
    announcement_by     BIGINT NOT NULL,
    announcement_at     BIGINT NOT NULL
){clustered};
CREATE INDEX group_profile_name ON group_profile (name_key);

ALTER TABLE member ADD COLUMN nickname TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN muted_until BIGINT NOT NULL DEFAULT 0;
-- 0 owner, 1 admin, 2 other members, 9 former ones.
ALTER TABLE member ADD COLUMN rank BIGINT NOT NULL DEFAULT 2;
-- The version of the last change that was not of the read position.
ALTER TABLE member ADD COLUMN roster_version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN left_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN remark TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN notify TEXT NOT NULL DEFAULT 'all';
ALTER TABLE member ADD COLUMN pinned_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN announcement_seen BIGINT NOT NULL DEFAULT 0;
CREATE INDEX member_list ON member (conversation_id, rank, joined_at, account_id);
CREATE INDEX member_roster ON member (conversation_id, roster_version);

-- What few messages have, as JSON.
ALTER TABLE message ADD COLUMN extra TEXT NOT NULL DEFAULT '';
ALTER TABLE message ADD COLUMN partial BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE message ADD COLUMN edited_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX message_edited ON message (conversation_id, version) WHERE edited_at > 0;
CREATE INDEX message_partial ON message (sender_id) WHERE partial;

CREATE TABLE join_request (
    id              BIGINT NOT NULL PRIMARY KEY,
    conversation_id BIGINT NOT NULL,
    from_id         BIGINT NOT NULL,
    card            TEXT NOT NULL, -- of the group as it was, as JSON
    greeting        TEXT NOT NULL,
    via             TEXT NOT NULL,
    state           TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    answered_at     BIGINT NOT NULL,
    version         BIGINT NOT NULL -- in the user scope of the asker
){clustered};
CREATE UNIQUE INDEX join_request_pending ON join_request (conversation_id, from_id) WHERE state = 'pending';
CREATE INDEX join_request_from ON join_request (from_id, id);
CREATE INDEX join_request_to ON join_request (conversation_id, from_id, id);

CREATE TABLE invitation (
    id              BIGINT NOT NULL PRIMARY KEY,
    conversation_id BIGINT NOT NULL,
    from_id         BIGINT NOT NULL,
    to_id           BIGINT NOT NULL,
    card            TEXT NOT NULL, -- of the group as it was, as JSON
    state           TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    answered_at     BIGINT NOT NULL,
    version         BIGINT NOT NULL -- in the user scope of whoever is asked; 0: not shown there
){clustered};
CREATE UNIQUE INDEX invitation_pending ON invitation (conversation_id, to_id) WHERE state = 'pending';
CREATE INDEX invitation_from ON invitation (from_id, id);
CREATE INDEX invitation_to ON invitation (to_id, id);

CREATE TABLE group_link (
    id              BIGINT NOT NULL PRIMARY KEY,
    conversation_id BIGINT NOT NULL,
    token_hash      TEXT NOT NULL UNIQUE,
    created_by      BIGINT NOT NULL,
    created_at      BIGINT NOT NULL,
    expires_at      BIGINT NOT NULL, -- 0: never
    max_uses        BIGINT NOT NULL, -- 0: any number
    uses            BIGINT NOT NULL,
    approval        BOOLEAN NOT NULL
){clustered};
CREATE INDEX group_link_conversation ON group_link (conversation_id, id);
