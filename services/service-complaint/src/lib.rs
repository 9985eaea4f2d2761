//! Complaints about the ombudsman itself, in two stages
