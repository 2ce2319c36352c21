-- What an agent sees of a property: `all`, `departments` (what is assigned to one of theirs, or to them), `own` (what is assigned to
-- them). Admins see all, whatever stands here.
alter table membership add column reach text not null default 'all';
alter table invitation add column reach text not null default 'all';

-- Who was called into a conversation, and sees it beyond their reach: asked into the chat, called in a note, or who opened the ticket.
create table called (
    property text not null,
    agent text not null,
    conversation text not null,
    primary key (property, agent, conversation),
    foreign key (property, conversation) references conversation (property, id) on delete cascade
);
create index called_conversation on called (property, conversation);
-- Whoever is asked into a chat, or is in it, at this moment.
insert into called (property, agent, conversation) select property, agent, conversation from chat_agent where left_at is null;
