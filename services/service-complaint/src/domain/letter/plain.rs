//! The plain-English check: long sentences, words that mean little outside, and the reading age of the whole.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation as _;

use super::text::Text;
use crate::domain::complaint::Format;

/// How many of the hardest paragraphs are named.
const HARDEST: usize = 3;

/// What is plain English here.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PlainEnglish {
    /// The most words in a sentence.
    pub longest_sentence: usize,
    /// The highest reading age of a letter, in years.
    pub reading_age: u32,
    /// What easy read keeps to besides.
    pub easy_read: Limits,
    /// Words that are not used, each with a plainer wording.
    pub banned: Vec<Banned>,
}

/// How long sentences are, and how hard they are to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// The most words in a sentence.
    pub longest_sentence: usize,
    /// The highest reading age, in years.
    pub reading_age: u32,
}

impl Default for Limits {
    /// Those of easy read.
    fn default() -> Self {
        Self {
            longest_sentence: 15,
            reading_age: 11,
        }
    }
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
            easy_read: Limits::default(),
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

impl Finding {
    /// The passage and what to do about it, in a line.
    #[must_use]
    pub fn sentence(&self) -> String {
        if self.passage.is_empty() {
            return self.advice.clone();
        }
        format!("“{}”: {}", self.passage, self.advice)
    }
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
    /// A paragraph is among the hardest of such a whole.
    HardParagraph,
}

/// What was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The reading age of the whole, in years.
    pub reading_age: u32,
    /// What is not plain English, in the order of the text; the reading age at the end, with the hardest paragraphs.
    pub findings: Vec<Finding>,
}

impl PlainEnglish {
    /// What a format keeps to: easy read is stricter.
    #[must_use]
    pub fn limits(&self, format: Format) -> Limits {
        match format {
            Format::EasyRead => self.easy_read,
            Format::Email | Format::Letter | Format::LargePrint => Limits {
                longest_sentence: self.longest_sentence,
                reading_age: self.reading_age,
            },
        }
    }

    /// Checks the prose of a letter in a format.
    #[must_use]
    pub fn check(&self, text: &Text, format: Format) -> Checked {
        let limits = self.limits(format);
        let mut findings = Vec::new();
        for range in &text.prose {
            sentences(limits, &text.text, range, &mut findings);
            self.banned(&text.text, range, &mut findings);
        }
        findings.sort_by_key(|it| (it.at.start, it.at.end));
        let prose = text.prose.iter().map(|it| &text.text[it.clone()]);
        let reading_age = reading_age(prose);
        if reading_age > limits.reading_age {
            findings.push(Finding {
                kind: FindingKind::ReadingAge,
                at: 0..0,
                passage: String::new(),
                advice: format!(
                    "It takes a reading age of {reading_age}. Aim for {} or lower, with shorter words and sentences. Begin with the paragraphs that follow.",
                    limits.reading_age
                ),
            });
            findings.extend(hardest(text, limits));
        }
        Checked {
            reading_age,
            findings,
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

/// Finds the sentences that are too long.
fn sentences(limits: Limits, text: &str, range: &Range<usize>, findings: &mut Vec<Finding>) {
    for (offset, sentence) in text[range.clone()].split_sentence_bound_indices() {
        let words = sentence.unicode_words().count();
        let sentence = sentence.trim_end();
        if words > limits.longest_sentence {
            let start = range.start + offset;
            findings.push(Finding {
                kind: FindingKind::LongSentence,
                at: characters(text, start..start + sentence.len()),
                passage: sentence.to_owned(),
                advice: format!(
                    "This sentence has {words} words. Split it, so that none has more than {}.",
                    limits.longest_sentence
                ),
            });
        }
    }
}

/// The paragraphs that make a text hard to read, the hardest first: those over the limit, as far as they are named.
fn hardest(text: &Text, limits: Limits) -> Vec<Finding> {
    let mut hard: Vec<_> = text
        .prose
        .iter()
        .map(|range| {
            (
                reading_age(std::iter::once(&text.text[range.clone()])),
                range,
            )
        })
        .filter(|(age, _)| *age > limits.reading_age)
        .collect();
    // A paragraph as hard as another comes where it stands.
    hard.sort_by_key(|(age, range)| (std::cmp::Reverse(*age), range.start));
    hard.truncate(HARDEST);
    hard.into_iter()
        .map(|(age, range)| Finding {
            kind: FindingKind::HardParagraph,
            at: characters(&text.text, range.clone()),
            passage: text.text[range.clone()].to_owned(),
            advice: format!("This paragraph takes a reading age of {age}."),
        })
        .collect()
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
        PlainEnglish::default()
            .check(&text(prose), Format::Email)
            .findings
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
        let checked = PlainEnglish::default().check(&text(hard), Format::Email);
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

    const HARDER: &str = "Organisational accountability necessitates comprehensive documentation.";
    const HARD: &str =
        "Institutional transparency facilitates proportionate organisational accountability.";

    #[test]
    fn sc_12_the_paragraphs_that_are_hardest_to_read_are_named_the_hardest_first() {
        let checked = PlainEnglish::default().check(
            &Text::of(&format!("We are sorry.\n\n{HARD}\n\n{HARDER}")),
            Format::Email,
        );

        let named: Vec<_> = checked
            .findings
            .iter()
            .map(|it| (it.kind, it.passage.as_str()))
            .collect();
        assert_eq!(
            named,
            [
                (FindingKind::ReadingAge, ""),
                (FindingKind::HardParagraph, HARDER),
                (FindingKind::HardParagraph, HARD),
            ]
        );
        assert!(
            checked.findings[1]
                .advice
                .starts_with("This paragraph takes a reading age of ")
        );
    }

    #[test]
    fn sc_12_no_more_than_three_paragraphs_are_named_and_none_of_what_is_plain() {
        let many = [HARD; 5].join("\n\n");
        let kinds = |written: &str| {
            let checked = PlainEnglish::default().check(&Text::of(written), Format::Email);
            let hard = checked
                .findings
                .into_iter()
                .filter(|it| it.kind == FindingKind::HardParagraph);
            hard.count()
        };

        assert_eq!(kinds(&many), 3);
        assert_eq!(kinds("We are sorry that nobody called you."), 0);
    }

    /// 1.7 of the policy: information in accessible formats.
    #[test]
    fn sc_12_1_7_easy_read_keeps_to_shorter_sentences_and_a_lower_reading_age() {
        let written = Text::of(&format!("One{}.", " one".repeat(17)));
        let check = |format| PlainEnglish::default().check(&written, format).findings;

        assert_eq!(check(Format::Email), []);
        assert_eq!(check(Format::LargePrint), []);
        let easy = check(Format::EasyRead);
        assert_eq!(easy.len(), 1);
        assert_eq!(easy[0].kind, FindingKind::LongSentence);

        let stricter = PlainEnglish {
            easy_read: Limits {
                longest_sentence: 20,
                reading_age: 2,
            },
            ..PlainEnglish::default()
        };
        let findings = stricter.check(&written, Format::EasyRead).findings;
        assert_eq!(findings[0].kind, FindingKind::ReadingAge);
    }
}
