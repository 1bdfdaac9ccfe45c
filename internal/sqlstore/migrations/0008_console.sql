-- Who signed in, when, from where: kept for a while after the session ended.
CREATE TABLE sign_in (
    session_id BIGINT NOT NULL PRIMARY KEY,
    account_id BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    device     TEXT NOT NULL,
    address    TEXT NOT NULL
){clustered};
CREATE INDEX sign_in_account ON sign_in (account_id, session_id);

-- What owners did, and what was done at the command line.
CREATE TABLE audit (
    id       BIGINT NOT NULL PRIMARY KEY,
    at       BIGINT NOT NULL,
    actor_id BIGINT NOT NULL, -- 0: the command line
    action   TEXT NOT NULL,
    subject  TEXT NOT NULL, -- an account's or group's identifier, or empty
    name     TEXT NOT NULL, -- what it was called then
    detail   TEXT NOT NULL
){clustered};

-- Counts of one day. Nothing tells whom they counted.
CREATE TABLE day_count (
    day   TEXT NOT NULL, -- 2026-11-23, in the server's time zone
    name  TEXT NOT NULL,
    value BIGINT NOT NULL,
    PRIMARY KEY (day, name)
){clustered};

-- Who was there on a day, so that nobody is counted twice; kept for two days.
CREATE TABLE day_active (
    day        TEXT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (day, account_id)
){clustered};
