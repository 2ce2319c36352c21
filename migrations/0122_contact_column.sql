-- What the list of contacts shows an agent of each, as they chose; the name always.
create table contact_column (
    property text not null,
    agent text not null,
    -- as a JSON array: words, and `attribute=NAME`
    columns text not null,
    primary key (property, agent),
    foreign key (property, agent) references membership (property, agent)
);

-- When something else was last known of a contact; 0: as long as they are known.
alter table contact add column changed_at bigint not null default 0;
