-- Tables of contacts that are taken in: looked at row by row first, and then done, a few rows at a time.
create table contact_import (
    property text not null references property (id),
    id text not null,
    agent text not null,
    -- name of the file; its text in UTF-8 is in blob
    name text not null,
    sha256 text not null references blob (sha256),
    separator text not null,
    -- the first row, some rows, and what each column is, as JSON
    heads text not null,
    sample text not null,
    columns text not null,
    -- `choosing`, `checking`, `checked`, `running`, `done`
    stage text not null,
    total bigint not null,
    looked bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    same bigint not null default 0,
    refused bigint not null default 0,
    created_at bigint not null,
    -- the last step; 0 before the first
    moved_at bigint not null default 0,
    primary key (property, id)
);
create index contact_import_stage on contact_import (stage, moved_at, id);

-- Rows that cannot be taken, and why.
create table contact_import_refused (
    property text not null,
    import text not null,
    -- its number, without the first row
    n bigint not null,
    -- as JSON
    cells text not null,
    why text not null,
    primary key (property, import, n),
    foreign key (property, import) references contact_import (property, id) on delete cascade
);
