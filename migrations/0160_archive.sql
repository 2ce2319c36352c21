-- Archives of other programs that admins bring: looked at first, and taken in when they say so. The file is in the data folder,
-- `archives/ID`, until that is done.
create table archive (
    property text not null references property (id),
    id text not null,
    -- who brought it; the name at that time
    agent text not null,
    called text not null,
    name text not null,
    size bigint not null,
    -- `mbox`, `maildir`, `tawk`
    form text not null,
    -- addresses that the team wrote from, as JSON; conversations whose last words are not older stay open
    ours text not null,
    open_since bigint,
    -- `checking`, `checked`, `running`, `done`, `stopped`, `failed`; why it cannot be read
    stage text not null,
    why text not null default '',
    -- its pieces, those that were looked at, and what became of them, as JSON
    total bigint not null default 0,
    looked bigint not null default 0,
    tally text not null default '{}',
    created_at bigint not null,
    -- the last step, 0 before the first; who goes through it has the number of their turn
    moved_at bigint not null default 0,
    turn bigint not null default 0,
    primary key (property, id)
);
create index archive_stage on archive (stage, moved_at, id);
