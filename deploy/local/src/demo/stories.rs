//! What the demonstration's service complaints are about. All of it is invented.

use proto::service_complaint::v1::ComplaintType;

/// A story.
#[derive(Debug)]
pub struct Story {
    /// In the person's words.
    pub summary: &'static str,
    /// What is complained about, one by one.
    pub elements: &'static [&'static str],
    /// Of which type it is (2.2).
    pub kind: ComplaintType,
    /// What the person wants.
    pub outcome: &'static str,
    /// What was found about the first element.
    pub finding: &'static str,
    /// What it was found by.
    pub evidence: &'static str,
    /// What it is worth.
    pub pounds: i32,
}

/// The stories.
pub const STORIES: [Story; 8] = [
    Story {
        summary: "I was promised a call by Friday. It is two weeks later and nobody has called, though I rang three times.",
        elements: &[
            "The call that was promised by Friday was not made",
            "Messages that were left were not passed on",
        ],
        kind: ComplaintType::NoService,
        outcome: "An apology, and a call from somebody who knows the case",
        finding: "The call was put into the diary of a colleague who was on leave, and nobody took it over.",
        evidence: "The team's diary of that week, kept with the case.",
        pounds: 75,
    },
    Story {
        summary: "My letters keep coming in small print, although I told you that I can't read it.",
        elements: &["Letters were not sent in large print, as had been agreed"],
        kind: ComplaintType::NoService,
        outcome: "All letters in large print, and the last two sent again",
        finding: "The adjustment was recorded, and three letters went out without it.",
        evidence: "Copies of three letters, and the record of the adjustment.",
        pounds: 150,
    },
    Story {
        summary: "You wrote to my old address. A stranger has read what I told you about my health.",
        elements: &[
            "A letter was sent to a former address",
            "The change of address was not recorded when it was reported",
        ],
        kind: ComplaintType::Process,
        outcome: "An apology, and an explanation of how this could happen",
        finding: "The change of address was reported by telephone and not recorded.",
        evidence: "Recording of the call, and the address book's history.",
        pounds: 300,
    },
    Story {
        summary: "My case was opened eleven months ago. Every update says eight weeks more.",
        elements: &[
            "The times that were given for the investigation were not kept",
            "Updates did not say why it took longer",
        ],
        kind: ComplaintType::Quality,
        outcome: "A date that can be relied on",
        finding: "Three dates were given, and none of them was based on the queue as it stood.",
        evidence: "The four updates, and the queue's figures of those weeks.",
        pounds: 100,
    },
    Story {
        summary: "The caseworker interrupted me and told me to calm down when I was describing the mould in my son's room.",
        elements: &["A colleague spoke to the person without respect"],
        kind: ComplaintType::Conduct,
        outcome: "Another caseworker, and an apology from the one who called",
        finding: "The recording shows that the person was interrupted several times.",
        evidence: "Recording of the call, heard twice.",
        pounds: 60,
    },
    Story {
        summary: "I sent photographs with my form, and then you asked for them again, twice.",
        elements: &[
            "Evidence was asked for again that had been sent",
            "Emails about the evidence were not answered",
        ],
        kind: ComplaintType::Process,
        outcome: "That my photographs are found and considered",
        finding: "The photographs were stored with the enquiry and not moved to the case.",
        evidence: "The enquiry's folder, with nine photographs.",
        pounds: 50,
    },
    Story {
        summary: "Our compliance evidence was marked as missing though the portal shows that we uploaded it a week before the date.",
        elements: &["Evidence of compliance was recorded as missing when it was there"],
        kind: ComplaintType::Quality,
        outcome: "A correction of the record",
        finding: "The upload was in time, and was not opened before the report was made.",
        evidence: "The portal's history of uploads.",
        pounds: 50,
    },
    Story {
        summary: "Nobody asked me whether I needed an interpreter, so my daughter had to miss school to speak for me.",
        elements: &[
            "Nobody asked about an interpreter",
            "The offer of an interpreter came after the interview",
        ],
        kind: ComplaintType::NoService,
        outcome: "An interpreter at the next interview",
        finding: "The question is in the procedure for first calls, and was left out.",
        evidence: "Recording of the first call, and the procedure.",
        pounds: 200,
    },
];
