-- The key by which push services know this installation. There is one.
CREATE TABLE push_key (
    name           TEXT NOT NULL PRIMARY KEY,
    private_key    TEXT NOT NULL, -- base64url
    created_at     BIGINT NOT NULL
){clustered};

-- Where sessions are called while the app is closed. public_key and secret are
-- in base64url, as the device gave them.
CREATE TABLE push_subscription (
    session_id     BIGINT NOT NULL PRIMARY KEY,
    account_id     BIGINT NOT NULL,
    endpoint       TEXT NOT NULL UNIQUE,
    public_key     TEXT NOT NULL,
    secret         TEXT NOT NULL,
    created_at     BIGINT NOT NULL
){clustered};
CREATE INDEX push_subscription_account ON push_subscription (account_id);
