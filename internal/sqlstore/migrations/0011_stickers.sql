-- A pack of stickers that somebody made. One that was deleted has no row.
CREATE TABLE sticker_pack (
    id             BIGINT NOT NULL PRIMARY KEY,
    owner_id       BIGINT NOT NULL,
    title          TEXT NOT NULL,
    created_at     BIGINT NOT NULL
){clustered};

-- A sticker that is or was in a pack, as long as its attachment is there.
CREATE TABLE sticker (
    attachment_id  TEXT NOT NULL PRIMARY KEY,
    pack_id        BIGINT NOT NULL,
    emoji          TEXT NOT NULL,
    place          BIGINT NOT NULL,
    removed        BOOLEAN NOT NULL -- from its pack
){clustered};
CREATE INDEX sticker_pack_place ON sticker (pack_id, place);

-- The packs that somebody has at hand.
CREATE TABLE kept_pack (
    account_id     BIGINT NOT NULL,
    pack_id        BIGINT NOT NULL,
    kept_at        BIGINT NOT NULL,
    gone           BOOLEAN NOT NULL,
    version        BIGINT NOT NULL, -- in the user scope of the account
    PRIMARY KEY (account_id, pack_id)
){clustered};
CREATE INDEX kept_pack_pack ON kept_pack (pack_id);

CREATE TABLE favourite_sticker (
    account_id     BIGINT NOT NULL,
    sticker        TEXT NOT NULL, -- the key of a built-in one, or an attachment
    pack_id        BIGINT NOT NULL,
    emoji          TEXT NOT NULL,
    added_at       BIGINT NOT NULL,
    gone           BOOLEAN NOT NULL,
    version        BIGINT NOT NULL, -- in the user scope of the account
    PRIMARY KEY (account_id, sticker)
){clustered};
