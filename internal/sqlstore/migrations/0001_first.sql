-- Types and endings that differ between the databases are filled in by the
-- dialect: {clustered} makes a table ordered by its primary key where the
-- database can do that.

CREATE TABLE account (
    id             BIGINT NOT NULL PRIMARY KEY,
    kind           TEXT NOT NULL,
    username       TEXT NOT NULL,
    username_key   TEXT NOT NULL UNIQUE,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    email_key      TEXT UNIQUE,
    password_hash  TEXT NOT NULL,
    role           TEXT NOT NULL,
    state          TEXT NOT NULL,
    language       TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    row_version    BIGINT NOT NULL,
    version        BIGINT NOT NULL -- of the user scope
){clustered};

-- Somebody who asked for an account and has not followed the mailed link yet.
CREATE TABLE registration (
    id             BIGINT NOT NULL PRIMARY KEY,
    token_hash     TEXT NOT NULL UNIQUE,
    username       TEXT NOT NULL,
    username_key   TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    email_key      TEXT NOT NULL,
    password_hash  TEXT NOT NULL,
    language       TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};
CREATE INDEX registration_email ON registration (email_key, id);
CREATE INDEX registration_username ON registration (username_key, id);
CREATE INDEX registration_expiry ON registration (expires_at);

CREATE TABLE session (
    id             BIGINT NOT NULL PRIMARY KEY,
    account_id     BIGINT NOT NULL,
    token_hash     TEXT NOT NULL UNIQUE,
    device         TEXT NOT NULL,
    address        TEXT NOT NULL,
    remember       BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    last_used_at   BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};
CREATE INDEX session_account ON session (account_id, last_used_at);
CREATE INDEX session_expiry ON session (expires_at);

CREATE TABLE one_time_token (
    token_hash     TEXT NOT NULL PRIMARY KEY,
    purpose        TEXT NOT NULL,
    account_id     BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};
CREATE INDEX one_time_token_account ON one_time_token (account_id, purpose);
CREATE INDEX one_time_token_expiry ON one_time_token (expires_at);

CREATE TABLE contact (
    owner_id       BIGINT NOT NULL,
    account_id     BIGINT NOT NULL,
    state          TEXT NOT NULL,
    remark         TEXT NOT NULL,
    blocked        BOOLEAN NOT NULL,
    since          BIGINT NOT NULL,
    version        BIGINT NOT NULL, -- in the user scope of the owner
    PRIMARY KEY (owner_id, account_id)
){clustered};
CREATE INDEX contact_account ON contact (account_id);

CREATE TABLE friend_request (
    id             BIGINT NOT NULL PRIMARY KEY,
    from_id        BIGINT NOT NULL,
    to_id          BIGINT NOT NULL,
    greeting       TEXT NOT NULL,
    remark         TEXT NOT NULL, -- what the asker will call the other
    state          TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    answered_at    BIGINT NOT NULL,
    from_version   BIGINT NOT NULL, -- in the user scope of the asker
    to_version     BIGINT NOT NULL  -- in that of the asked; 0: not shown there
){clustered};
CREATE UNIQUE INDEX friend_request_pending ON friend_request (from_id, to_id) WHERE state = 'pending';
CREATE INDEX friend_request_from ON friend_request (from_id, id);
CREATE INDEX friend_request_to ON friend_request (to_id, id);

CREATE TABLE conversation (
    id               BIGINT NOT NULL PRIMARY KEY,
    kind             TEXT NOT NULL,
    version          BIGINT NOT NULL, -- of the conversation scope
    row_version      BIGINT NOT NULL,
    members_version  BIGINT NOT NULL,
    member_count     BIGINT NOT NULL,
    last_seq         BIGINT NOT NULL,
    created_at       BIGINT NOT NULL,
    last_activity_at BIGINT NOT NULL,
    direct_low       BIGINT, -- of a direct conversation, the lower account id
    direct_high      BIGINT
){clustered};
CREATE UNIQUE INDEX conversation_direct ON conversation (direct_low, direct_high) WHERE direct_low IS NOT NULL;

CREATE TABLE member (
    conversation_id BIGINT NOT NULL,
    account_id      BIGINT NOT NULL,
    role            TEXT NOT NULL,
    state           TEXT NOT NULL,
    read_seq        BIGINT NOT NULL,
    joined_at       BIGINT NOT NULL,
    version         BIGINT NOT NULL, -- in the conversation scope
    user_version    BIGINT NOT NULL, -- in the user scope of the account
    PRIMARY KEY (conversation_id, account_id)
){clustered};
CREATE INDEX member_account ON member (account_id, conversation_id);

CREATE TABLE message (
    conversation_id BIGINT NOT NULL,
    seq             BIGINT NOT NULL,
    sender_id       BIGINT NOT NULL,
    client_id       TEXT NOT NULL,
    kind            TEXT NOT NULL,
    body            TEXT NOT NULL,
    created_at      BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (conversation_id, seq)
){clustered};
CREATE UNIQUE INDEX message_client ON message (sender_id, client_id);
