-- The app that shows codes (RFC 6238). last_step is the newest step whose code
-- was used.
CREATE TABLE totp (
    account_id BIGINT NOT NULL PRIMARY KEY,
    secret     TEXT NOT NULL,
    confirmed  BOOLEAN NOT NULL,
    last_step  BIGINT NOT NULL,
    created_at BIGINT NOT NULL
){clustered};

CREATE TABLE recovery_code (
    account_id BIGINT NOT NULL,
    code_hash  TEXT NOT NULL,
    PRIMARY KEY (account_id, code_hash)
){clustered};

-- Somebody who knew the password and has to show the second factor.
CREATE TABLE sign_in_challenge (
    token_hash TEXT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    remember   BOOLEAN NOT NULL,
    tries      BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
){clustered};
CREATE INDEX sign_in_challenge_account ON sign_in_challenge (account_id);
CREATE INDEX sign_in_challenge_expiry ON sign_in_challenge (expires_at);
