//! What every service under a case knows of the case, and who may see it (CA-4)
