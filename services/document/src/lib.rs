//! Files of a case: checked, scanned, stored
