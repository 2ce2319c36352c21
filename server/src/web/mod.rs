//! What browsers reach: pages, server functions, files, the live line. Knows cookies and headers; decides nothing that the desk decides.

pub mod answer;
pub mod file;
pub mod guard;
pub mod header;
pub mod hub;
pub mod live;
pub mod origin;
pub mod peer;
pub mod router;
pub mod upload;
pub mod visit;
