//! Tasks on cases and their deadlines
