-- Agents who follow a conversation: they are told of it as of their own. The line names them, as it names its tags; a row each finds what
-- somebody follows.
alter table conversation add column followers text not null default '[]';
create table follower (
    property text not null,
    agent text not null,
    conversation text not null,
    primary key (property, agent, conversation),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create index follower_conversation on follower (property, conversation);
