//! Passwords that many people have (ID-7).
//!
//! Published lists of common passwords hold hardly one of fifteen characters, so a list would
//! refuse next to nothing here. What people do to reach fifteen is to repeat, to join, to decorate
//! and to walk the keyboard: `passwordpassword1`, `Welcome123Welcome`, `qwertyuiopasdfgh`. This
//! rule takes those apart again: it reads through the usual letter swaps, ignores digits and signs,
//! cuts out the words below, the holder's own words and runs of the keyboard or the alphabet, and
//! refuses a password of which too little is left.

use std::sync::LazyLock;

/// The words that common passwords consist of, and the ones that this portal suggests to people. Of
/// several that fit the longest is taken, so their order does not matter: words of log-ins, of this
/// house, of affection, creatures and things, games and clubs, first names, and what joins words
/// without being half of others.
const WORDS_IN_GROUPS: &str = "
    password passwort passphrase passcode passw pass admin administrator root login logon
    letmein access secret private secure security changeme change default guest user
    username account master temp temporary test testing tester welcome hello hallo please
    trustno trust open opensesame computer internet server system office google facebook
    microsoft windows apple samsung iphone android

    housing house home homes ombudsman landlord tenant resident portal casework caseworker
    case interactive complaint complaints service council association group limited

    iloveyou ilove loveyou love lovely lover loveme princess prince queen king angel angels
    baby babygirl babyboy sweet sweetie sweetheart honey sugar beautiful pretty forever
    friend friends family mother mummy mommy father daddy sister brother girl boy man money
    happy smile jesus christ god blessed heaven freedom hope faith lucky magic dream dreams
    whatever nothing something anything fuckyou fuck fucker asshole bitch shit sexy killer
    ninja pussy hardcore

    dragon monkey tiger lion eagle eagles falcon wolf bear horse buster puppy kitty kitten
    cat dog bird fish shark dolphin butterfly flower flowers rose sunflower sunshine sun
    moon star stars shadow thunder lightning storm fire phoenix diamond silver gold golden
    orange banana cherry pepper ginger cookie chocolate coffee cheese peanut purple yellow
    green blue red black white pink rainbow summer winter spring autumn monday tuesday
    wednesday thursday friday saturday sunday january february march april june july august
    september october november december christmas holiday birthday london england britain
    scotland ireland wales manchester

    football baseball basketball soccer hockey golf tennis cricket rugby liverpool arsenal
    chelsea united everton rangers celtic tottenham barcelona superman batman spiderman
    starwars pokemon pikachu minecraft naruto mario matrix harley mustang ferrari porsche
    corvette mercedes player gamer game games warrior hunter ranger soldier pirate wizard
    hacker cowboy boss legend champion super cool awesome music guitar metallica nirvana
    slipknot blink eminem elephant

    michael daniel jessica charlie jordan michelle ashley thomas andrew joshua matthew
    robert nicole jennifer hannah amanda samantha anthony justin william james david richard
    george oliver harry jack sophie chloe emily olivia charlotte elizabeth victoria maggie
    bailey martin steven peter alexander benjamin christopher nicholas patrick sarah laura
    rachel rebecca natalie vanessa sandra maria anna john mark paul chris alex adam ryan
    kevin brian jason eric joseph muhammad mohammed ahmed fatima

    and the this that our your you for abc xyz one two three four five six seven eight nine
    ten new old big good best day year time number
";

static WORDS: LazyLock<Vec<&str>> = LazyLock::new(|| WORDS_IN_GROUPS.split_whitespace().collect());

/// Keys and letters in the orders that people walk, which are walked backwards, too.
const RUNS: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertzuiop",
    "azertyuiop",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qweasdzxcrtyfghvbn",
    "zaqxswcdevfrbgtnhymjukilop",
];
/// A shorter piece of a run is part of ordinary words.
const SHORTEST_RUN: usize = 4;
/// A shorter own word, such as a pair of initials, is part of ordinary words.
const SHORTEST_OWN_WORD: usize = 3;
/// A shorter common word joins others and is not one of three random words.
const SHORTEST_RANDOM_WORD: usize = 4;
/// So many letters that belong to nothing known make a password worth something.
const ENOUGH_LETTERS: usize = 5;
/// So many different common words do, too: three random words are what people are advised to take.
const ENOUGH_WORDS: usize = 3;
/// A password of fewer different characters is a repetition, whatever its length.
const FEWEST_DIFFERENT: usize = 5;

/// Whether a password is one that many people have, or is made of the holder's own words.
#[must_use]
pub fn is_common(password: &str, own_words: &[&str]) -> bool {
    let folded: Vec<char> = password.to_lowercase().chars().collect();
    let mut different = folded.clone();
    different.sort_unstable();
    different.dedup();
    if different.len() < FEWEST_DIFFERENT || repeats(&folded) {
        return true;
    }
    let own: Vec<Vec<char>> = own_words
        .iter()
        .flat_map(|it| it.split(|letter: char| !letter.is_alphabetic()))
        .map(|word| word.to_lowercase().chars().collect::<Vec<_>>())
        .filter(|word| word.len() >= SHORTEST_OWN_WORD)
        .collect();
    // Once as it is, once without what stands between the letters: `1qaz2wsx3edc` walks the
    // keyboard all the same.
    let letters: Vec<char> = folded
        .iter()
        .copied()
        .filter(|it| it.is_alphabetic())
        .collect();
    too_little(&folded, &own) || too_little(&letters, &own)
}

/// Whether the whole is one piece again and again, the last time perhaps cut short.
fn repeats(password: &[char]) -> bool {
    (1..=password.len() / 2)
        .any(|piece| (piece..password.len()).all(|at| password[at] == password[at - piece]))
}

/// How a password is read from one place to its end.
#[derive(Clone, Copy)]
struct Reading<'a> {
    /// The letters that belong to nothing known.
    unknown: usize,
    /// How much of it is read at once.
    step: usize,
    /// The common word that is, if it is one that counts as chosen.
    word: Option<&'a str>,
}

/// Whether too little is left when all that is known is cut out.
fn too_little(password: &[char], own: &[Vec<char>]) -> bool {
    let mut readings = vec![
        Reading {
            unknown: 0,
            step: 0,
            word: None
        };
        password.len() + 1
    ];
    for at in (0..password.len()).rev() {
        let rest = &password[at..];
        let letter = usize::from(rest[0].is_alphabetic());
        let mut best = Reading {
            unknown: readings[at + 1].unknown + letter,
            step: 1,
            word: None,
        };
        // The holder's own words and runs are no choice, so they come before the common words and
        // don't count as random ones.
        let own = own
            .iter()
            .filter(|word| reads(rest, word.iter().copied()))
            .map(|word| (word.len(), None));
        let runs = (SHORTEST_RUN..=run_length(rest)).map(|length| (length, None));
        let words = WORDS.iter().filter(|word| reads(rest, word.chars()));
        let words = words.map(|word| {
            (
                word.len(),
                Some(*word).filter(|word| word.len() >= SHORTEST_RANDOM_WORD),
            )
        });
        for (step, word) in own.chain(runs).chain(words) {
            let unknown = readings[at + step].unknown;
            // Of two ways that leave the same, the one with the longer word is how a person reads
            // it.
            if unknown < best.unknown || (unknown == best.unknown && step > best.step) {
                best = Reading {
                    unknown,
                    step,
                    word,
                };
            }
        }
        readings[at] = best;
    }
    if readings[0].unknown >= ENOUGH_LETTERS {
        return false;
    }
    let mut words = Vec::new();
    let mut at = 0;
    while at < password.len() {
        words.extend(readings[at].word);
        at += readings[at].step;
    }
    words.sort_unstable();
    words.dedup();
    words.len() < ENOUGH_WORDS
}

/// Whether a word stands at the beginning, perhaps with digits and signs in place of letters.
fn reads(password: &[char], mut word: impl Iterator<Item = char>) -> bool {
    let mut typed = password.iter();
    word.all(|letter| {
        typed
            .next()
            .is_some_and(|typed| *typed == letter || stands_for(*typed, letter))
    })
}

/// Whether a digit or sign commonly stands for a letter.
fn stands_for(sign: char, letter: char) -> bool {
    match sign {
        '0' => letter == 'o',
        '1' | '!' | '|' => letter == 'i' || letter == 'l',
        '3' => letter == 'e',
        '4' | '@' => letter == 'a',
        '5' | '$' => letter == 's',
        '7' | '+' => letter == 't',
        '8' => letter == 'b',
        '9' => letter == 'g',
        _ => false,
    }
}

/// How many letters at the beginning follow one another on the keyboard or in the alphabet, in
/// either direction.
fn run_length(letters: &[char]) -> usize {
    let follows = |run: &str, pair: &[char]| {
        run.chars()
            .zip(run.chars().skip(1))
            .any(|(a, b)| (a, b) == (pair[0], pair[1]) || (b, a) == (pair[0], pair[1]))
    };
    let longest = RUNS
        .iter()
        .map(|run| {
            letters
                .windows(2)
                .take_while(|pair| follows(run, pair))
                .count()
        })
        .max();
    longest.map_or(0, |steps| if steps == 0 { 0 } else { steps + 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_7_what_people_do_to_reach_fifteen_characters_is_common() {
        for password in [
            "passwordpassword1",
            "PasswordPassword!",
            "P@ssw0rdP@ssw0rd",
            "password12345678",
            "Welcome123Welcome",
            "letmeinletmein99",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "123456789012345",
            "1234567890123456789",
            "qwertyuiopasdfgh",
            "1qaz2wsx3edc4rfv",
            "qwerty123456qwerty",
            "abcdefghijklmnop",
            "zyxwvutsrqponmlk",
            "!!!!!!!!!!!!!!!!!!",
            "Summer2025Summer2025",
            "ilovemy1password",
            "administrator2026",
            "Adm1n1strat0r!!!",
        ] {
            assert!(is_common(password, &[]), "{password}");
        }
    }

    #[test]
    fn id_7_three_random_words_and_random_characters_are_fine() {
        for password in [
            "coffee-train-fish",
            "walnut ladder teacup",
            "correct horse battery staple",
            "sunshinedragonteapot",
            "x7#Kq9!vR2m$Lw8Z",
            "пароль из трёх слов",
            "ich gehe heute schwimmen",
        ] {
            assert!(!is_common(password, &[]), "{password}");
        }
    }

    #[test]
    fn id_7_the_holders_own_words_are_no_password() {
        let own = [
            "dani.rawling@thornfield.example",
            "Dani Rawling",
            "Thornfield Homes",
        ];

        for password in [
            "danirawling2026!",
            "Thornfield-Homes-1",
            "rawlingthornfield",
            "R4wl1ng Th0rnfield",
            "danidanirawling7",
        ] {
            assert!(is_common(password, &own), "{password}");
        }
        assert!(!is_common("dani likes walnut teacups", &own));
        assert!(!is_common("rawlingthornfield", &[]));
    }

    #[test]
    fn id_7_the_rule_covers_more_than_three_thousand_passwords_of_the_usual_making() {
        let makings = |word: &str| {
            let capital = word[..1].to_uppercase() + &word[1..];
            [
                format!("{word}{word}{word}{word}{word}"),
                format!("{capital}{capital}2025{capital}!"),
                format!("{word}123456789012345"),
                format!("{capital}!!!!2024!!!!!!!!"),
                format!("my{word}password1"),
                format!("{word}qwertyuiop123"),
                format!("{capital}{capital}{capital}{capital}1"),
                format!("{word}-{word}-{word}-{word}!"),
                format!("{capital}and{word}2025!!!!"),
                format!(
                    "{}{}12345678",
                    word.replace('a', "@").replace('o', "0"),
                    word.replace('e', "3")
                ),
            ]
        };
        let all: Vec<String> = WORDS
            .iter()
            .filter(|word| word.len() > 3)
            .flat_map(|word| makings(word))
            .collect();

        let spared: Vec<_> = all
            .iter()
            .filter(|password| !is_common(password, &[]))
            .collect();

        assert!(all.len() > 3_000, "{}", all.len());
        assert!(spared.is_empty(), "{spared:?}");
    }
}
