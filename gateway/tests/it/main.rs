//! The gateway as browsers meet it: on a real socket, with stand-ins for the services behind it.

mod api;
mod browser;
mod cookies;
mod file_host;
mod given;
mod headers;
mod our_forms;
mod routes;
mod services;
mod uploads;
