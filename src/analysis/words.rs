//! What users write in one word: lists of years, groups of economies.

use super::AnalysisError;
use crate::labels::{Group, find_known_group};

/// Longest span that is believed: more is a slip of the pen.
const LONGEST_SPAN: i32 = 500;

/// `2011`, `1995,2011`, `1995-2000,2011`.
///
/// # Errors
/// [`AnalysisError::NotYears`].
pub fn parse_years(text: &str) -> Result<Vec<i32>, AnalysisError> {
    let bad = || AnalysisError::NotYears { text: text.to_owned() };
    let mut years = Vec::new();
    for part in text.split(',') {
        let number = |text: &str| text.trim().parse::<i32>().map_err(|_| bad());
        match part.split_once('-') {
            Some((first, last)) => {
                let (first, last) = (number(first)?, number(last)?);
                if first > last || last - first > LONGEST_SPAN {
                    return Err(bad());
                }
                years.extend(first..=last);
            }
            None => years.push(number(part)?),
        }
    }
    Ok(years)
}

/// `EU=DEU,FRA`: a name and its members, or the name of a known group alone, `EU27`; nothing when one of them is missing.
/// Members that are known groups (`Europe=EU27,GBR`) become economies when the table is there.
pub fn parse_group(text: &str) -> Option<Group> {
    let Some((name, members)) = text.split_once('=') else {
        let id = &find_known_group(text.trim())?.id;
        return Some(Group { name: id.clone(), members: vec![id.clone()] });
    };
    let members: Vec<String> = members
        .split(',')
        .map(|member| member.trim().to_owned())
        .filter(|member| !member.is_empty())
        .collect();
    let name = name.trim();
    let twice = (1..members.len()).any(|place| members[..place].contains(&members[place]));
    (!name.is_empty() && !members.is_empty() && !twice).then(|| Group { name: name.to_owned(), members })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_single_lists_or_spans() {
        assert_eq!(parse_years("2011").unwrap(), [2011]);
        assert_eq!(parse_years("1995-1997,2011").unwrap(), [1995, 1996, 1997, 2011]);
        assert!(parse_years("2011-1995").is_err());
        assert!(parse_years("now").is_err());
    }

    #[test]
    fn a_group_is_a_name_with_members_or_a_known_name() {
        let group = |name: &str, members: &[&str]| {
            Some(Group {
                name: name.into(),
                members: members.iter().map(|&member| member.to_owned()).collect(),
            })
        };
        assert_eq!(parse_group("EU = DEU, FRA"), group("EU", &["DEU", "FRA"]));
        assert_eq!(parse_group("asean"), group("ASEAN", &["ASEAN"]));
        assert_eq!(parse_group("Europe=EU27,GBR"), group("Europe", &["EU27", "GBR"]));
        assert_eq!(["DEU,FRA", "Utopia", "EU=", "=DEU", "EU=DEU,DEU"].map(parse_group), [const { None }; 5]);
    }
}
