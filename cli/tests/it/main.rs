//! The program as a user runs it: a process for every command.

mod captures;
mod events;
mod explain;
mod forward;
mod hostile;
mod keys;
mod listen;
mod manual;
mod save;
mod send;
mod sign;
mod support;
mod targets;
mod terminal;
mod walk;
mod websocket;
