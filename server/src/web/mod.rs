//! What browsers reach: pages, server functions, files, the live line. Knows cookies and headers; decides nothing that the desk decides.

pub mod answer;
pub mod channel;
pub mod chat;
pub mod crowd;
pub mod docs;
mod export;
pub mod file;
pub mod guard;
pub mod guests;
pub mod header;
pub mod hub;
pub mod ingest;
pub mod live;
pub mod loader;
pub mod origin;
pub mod pane;
pub mod peer;
pub mod router;
mod script;
pub mod table;
mod tend;
pub mod turn;
pub mod upload;
pub mod visit;
pub mod visitor;
pub mod window;
