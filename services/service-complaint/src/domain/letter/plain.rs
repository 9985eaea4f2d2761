//! The plain-English check: long sentences, words that mean little outside, and the reading age of the whole.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::text::Text;

/// What is plain English here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlainEnglish {
    /// The most words in a sentence.
    pub longest_sentence: usize,
    /// The highest reading age of a letter, in years.
    pub reading_age: u32,
    /// Words that are not used, each with a plainer wording.
    pub banned: Vec<Banned>,
}

/// Words that are not used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Banned {
    /// The words.
    pub words: String,
    /// What to say instead.
    pub instead: String,
}

/// The words that the reviewer found (paragraph 40), and others of their kind.
const BANNED: [(&str, &str); 26] = [
    ("managing expectations", "say what will happen, and when"),
    (
        "managing your expectations",
        "say what will happen, and when",
    ),
    ("manage expectations", "say what will happen, and when"),
    ("manage your expectations", "say what will happen, and when"),
    ("managed expectations", "say what you told the person"),
    ("managed your expectations", "say what you told the person"),
    ("being transparent", "leave it out, and say the fact"),
    ("be transparent", "leave it out, and say the fact"),
    ("customer journey", "say what happened to the person"),
    (
        "has been accepted as a stage",
        "we have decided we can look at your complaint about our service",
    ),
    (
        "have been accepted as a stage",
        "we have decided we can look at your complaint about our service",
    ),
    ("singular", "only"),
    ("refrain from", "not"),
    ("exacerbate", "make worse"),
    ("exacerbated", "made worse"),
    ("whilst", "while"),
    ("in accordance with", "following"),
    ("in relation to", "about"),
    ("with regard to", "about"),
    ("prior to", "before"),
    ("commence", "start"),
    ("endeavour", "try"),
    ("duly made", "ready for us to look at"),
    ("going forward", "from now on"),
    ("as per", "as in"),
    ("utilise", "use"),
];

impl Default for PlainEnglish {
    fn default() -> Self {
        Self {
            longest_sentence: 25,
            reading_age: 14,
            banned: BANNED
                .iter()
                .map(|(words, instead)| Banned {
                    words: (*words).to_owned(),
                    instead: (*instead).to_owned(),
                })
                .collect(),
        }
    }
}

/// A passage that is not plain English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind it is.
    pub kind: FindingKind,
    /// Where it is in the text, in characters.
    pub at: Range<usize>,
    /// The passage; empty for the whole letter.
    pub passage: String,
    /// What to do about it.
    pub advice: String,
}

/// A kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A sentence is too long.
    LongSentence,
    /// Words that are not used.
    BannedWords,
    /// The whole takes too high a reading age.
    ReadingAge,
}

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The reading age of the whole, in years.
    pub reading_age: u32,
    /// What is not plain English, in the order of the text; the reading age at the end.
    pub findings: Vec<Finding>,
}

impl PlainEnglish {
    /// Checks the prose of a letter.
    #[must_use]
    pub fn check(&self, text: &Text) -> Checked {
        let mut findings = Vec::new();
        for range in &text.prose {
            self.sentences(&text.text, range, &mut findings);
            self.banned(&text.text, range, &mut findings);
        }
        findings.sort_by_key(|it| (it.at.start, it.at.end));
        let prose = text.prose.iter().map(|it| &text.text[it.clone()]);
        let reading_age = reading_age(prose);
        if reading_age > self.reading_age {
            findings.push(Finding {
                kind: FindingKind::ReadingAge,
                at: 0..0,
                passage: String::new(),
                advice: format!(
                    "It takes a reading age of {reading_age}. Aim for {} or lower, with shorter words and sentences.",
                    self.reading_age
                ),
            });
        }
        Checked {
            reading_age,
            findings,
        }
    }

    fn sentences(&self, text: &str, range: &Range<usize>, findings: &mut Vec<Finding>) {
        for (offset, sentence) in text[range.clone()].split_sentence_bound_indices() {
            let words = sentence.unicode_words().count();
            let sentence = sentence.trim_end();
            if words > self.longest_sentence {
                let start = range.start + offset;
                findings.push(Finding {
                    kind: FindingKind::LongSentence,
                    at: characters(text, start..start + sentence.len()),
                    passage: sentence.to_owned(),
                    advice: format!(
                        "This sentence has {words} words. Split it, so that none has more than {}.",
                        self.longest_sentence
                    ),
                });
            }
        }
    }

    fn banned(&self, text: &str, range: &Range<usize>, findings: &mut Vec<Finding>) {
        let prose = &text[range.clone()];
        // Word by word, so that neither case nor a line break nor the inside of a longer word misleads.
        let words: Vec<(usize, String)> = prose
            .unicode_word_indices()
            .map(|(at, word)| (at, word.to_lowercase()))
            .collect();
        for Banned {
            words: banned,
            instead,
        } in &self.banned
        {
            let wanted: Vec<String> = banned.unicode_words().map(str::to_lowercase).collect();
            if wanted.is_empty() {
                continue;
            }
            for found in words.windows(wanted.len()) {
                if !found.iter().map(|(_, word)| word).eq(&wanted) {
                    continue;
                }
                let (Some(first), Some(last)) = (found.first(), found.last()) else {
                    continue;
                };
                let length = prose[last.0..].unicode_words().next().map_or(0, str::len);
                let bytes = range.start + first.0..range.start + last.0 + length;
                findings.push(Finding {
                    kind: FindingKind::BannedWords,
                    passage: text[bytes.clone()].to_owned(),
                    at: characters(text, bytes),
                    advice: format!("Say instead: {instead}."),
                });
            }
        }
    }
}

/// A range of bytes as a range of characters, which is what others count in.
fn characters(text: &str, bytes: Range<usize>) -> Range<usize> {
    let start = text[..bytes.start].chars().count();
    start..start + text[bytes].chars().count()
}

/// The reading age, in whole years: the Flesch-Kincaid grade level plus five, since the first American grade begins at six.
///
/// The grade is 0.39 × words per sentence + 11.8 × syllables per word − 15.59 (Kincaid, Fishburne, Rogers and Chissom: Derivation of new
/// readability formulas for Navy enlisted personnel, Research Branch Report 8-75, 1975).
fn reading_age<'a>(prose: impl Iterator<Item = &'a str>) -> u32 {
    let (mut sentences, mut words, mut syllables) = (0_u32, 0_u32, 0_u32);
    for text in prose {
        for sentence in text.split_sentence_bounds() {
            let mut counted = false;
            for word in sentence.unicode_words() {
                counted = true;
                words += 1;
                syllables += syllables_of(word);
            }
            sentences += u32::from(counted);
        }
    }
    if sentences == 0 {
        return 0;
    }
    let per_sentence = f64::from(words) / f64::from(sentences);
    let per_word = f64::from(syllables) / f64::from(words);
    let age = (0.39 * per_sentence + 11.8 * per_word - 15.59 + 5.0).round();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the years of a life"
    )]
    let age = age.clamp(0.0, 120.0) as u32;
    age
}

/// The syllables of an English word: its groups of vowels, without a silent *e* at the end. A number counts as one, as it is read at a glance.
fn syllables_of(word: &str) -> u32 {
    let word = word.to_lowercase();
    let is_vowel = |it: char| "aeiouyàáâäèéêëìíîïòóôöùúûü".contains(it);
    let mut groups = 0;
    let mut before = false;
    for letter in word.chars() {
        let vowel = is_vowel(letter);
        groups += u32::from(vowel && !before);
        before = vowel;
    }
    let stem = word.strip_suffix("'s").unwrap_or(&word);
    // The e of "made" and of "looked", but not of "table" or "wanted".
    let silent = stem.ends_with('e') && !stem.ends_with("le") && !stem.ends_with("ee")
        || stem.ends_with("ed") && !stem.ends_with("ted") && !stem.ends_with("ded")
        || stem.ends_with("es")
            && !["ses", "zes", "ces", "ges", "xes", "shes", "ches"]
                .iter()
                .any(|it| stem.ends_with(it));
    if silent && groups > 1 {
        groups -= 1;
    }
    groups.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(prose: &str) -> Text {
        Text {
            text: prose.to_owned(),
            prose: std::iter::once(0..prose.len()).collect(),
        }
    }

    fn found(prose: &str) -> Vec<Finding> {
        PlainEnglish::default().check(&text(prose)).findings
    }

    #[test]
    fn sc_12_the_reviewers_examples_are_found_and_the_advised_wordings_are_not() {
        for (written, passage) in [
            (
                "We also Managed your\nexpectations.",
                "Managed your\nexpectations",
            ),
            ("I do need to be transparent about it.", "be transparent"),
            (
                "I am sorry for the impact upon your customer journey.",
                "customer journey",
            ),
            ("The delays are not singular to your case.", "singular"),
            ("It can only exacerbate these frustrations.", "exacerbate"),
        ] {
            let mut found = found(written);
            // So little text has no reading age worth the name.
            found.retain(|it| it.kind == FindingKind::BannedWords);
            assert_eq!(found.len(), 1, "{written}");
            assert_eq!(found[0].passage, passage);
        }
        for advised in [
            "We have decided we can look at your complaint about our service.",
            "I know you have been waiting for a long time. Unfortunately, all of our cases are taking longer than we would like.",
            "I won’t repeat the explanation I have given you before about the challenges we are facing. I am deeply sorry for how this is affecting you.",
        ] {
            assert_eq!(found(advised), [], "{advised}");
        }
    }

    #[test]
    fn sc_12_a_word_within_another_is_no_finding() {
        assert_eq!(found("The grammar of singulars is hard."), []);
    }

    #[test]
    fn sc_12_a_sentence_of_twenty_five_words_is_short_enough_and_one_more_is_not() {
        let words = |count: usize| format!("One{}.", " one".repeat(count - 1));

        assert_eq!(found(&words(25)), []);
        let long = found(&format!("It is so. {} That is all.", words(26)));

        assert_eq!(long.len(), 1);
        assert_eq!(long[0].kind, FindingKind::LongSentence);
        assert_eq!(long[0].passage, words(26));
    }

    #[test]
    fn sc_12_where_a_passage_is_counts_characters_and_not_bytes() {
        let written = "“Café” – whilst we wait.";

        let [finding] = &found(written)[..] else {
            panic!("one finding");
        };

        let marked: String = written
            .chars()
            .skip(finding.at.start)
            .take(finding.at.len())
            .collect();
        assert_eq!(marked, "whilst");
    }

    #[test]
    fn sc_12_the_reading_age_is_the_published_formulas() {
        // Six words, six syllables, one sentence: grade -1.45, so 3.55 years.
        assert_eq!(reading_age(["The cat sat on the mat."].into_iter()), 4);
        let hard = "Organisational accountability necessitates comprehensive documentation. \
                    Institutional transparency facilitates proportionate accountability.";
        let checked = PlainEnglish::default().check(&text(hard));
        assert!(checked.reading_age > 20, "{}", checked.reading_age);
        assert_eq!(checked.findings[0].kind, FindingKind::ReadingAge);
        assert_eq!(reading_age([""].into_iter()), 0);
    }

    #[test]
    fn sc_12_syllables_are_counted_as_they_are_spoken() {
        for (word, syllables) in [
            ("we", 1),
            ("made", 1),
            ("looked", 1),
            ("wanted", 2),
            ("table", 2),
            ("complaint", 2),
            ("decided", 3),
            ("service", 2),
            ("services", 3),
            ("times", 1),
            ("2025", 1),
        ] {
            assert_eq!(syllables_of(word), syllables, "{word}");
        }
    }
}
