-- What people have at providers and sign in here with.
CREATE TABLE identity (
    id           BIGINT NOT NULL PRIMARY KEY,
    account_id   BIGINT NOT NULL,
    provider     TEXT NOT NULL,
    issuer       TEXT NOT NULL,
    subject      TEXT NOT NULL,
    label        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL
){clustered};
CREATE UNIQUE INDEX identity_subject ON identity (issuer, subject);
CREATE INDEX identity_account ON identity (account_id, id);

-- Somebody who was sent to a provider, or came back and is not known here.
CREATE TABLE visit (
    token_hash     TEXT NOT NULL PRIMARY KEY,
    provider       TEXT NOT NULL,
    remember       BOOLEAN NOT NULL,
    account_id     BIGINT NOT NULL, -- who links; 0: somebody signs in
    session_id     BIGINT NOT NULL,
    issuer         TEXT NOT NULL, -- empty: not back yet
    subject        TEXT NOT NULL,
    label          TEXT NOT NULL,
    username       TEXT NOT NULL,
    name           TEXT NOT NULL,
    email          TEXT NOT NULL,
    email_verified BOOLEAN NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT NOT NULL
){clustered};
CREATE INDEX visit_account ON visit (account_id);
CREATE INDEX visit_expiry ON visit (expires_at);

-- Whom a provider vouched for when they signed up with an address that it did
-- not vouch for.
ALTER TABLE registration ADD COLUMN provider TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN subject TEXT NOT NULL DEFAULT '';
ALTER TABLE registration ADD COLUMN label TEXT NOT NULL DEFAULT '';
