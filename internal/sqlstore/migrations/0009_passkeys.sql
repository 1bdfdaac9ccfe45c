-- Keys that sign somebody in, of which devices have the secret halves
-- (WebAuthn). credential_id and public_key are in base64url. doubted: the
-- counter went back once, as that of a copy would.
CREATE TABLE passkey (
    id            BIGINT NOT NULL PRIMARY KEY,
    account_id    BIGINT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    public_key    TEXT NOT NULL,
    counter       BIGINT NOT NULL,
    transports    TEXT NOT NULL,
    backupable    BOOLEAN NOT NULL,
    backed_up     BOOLEAN NOT NULL,
    doubted       BOOLEAN NOT NULL,
    name          TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT NOT NULL
){clustered};
CREATE INDEX passkey_account ON passkey (account_id);
