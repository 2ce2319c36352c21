-- who logged out a moment ago: asked each second while windows of the property are open
create index visitor_gone on visitor (property, left_at) where token is null;
