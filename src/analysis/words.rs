//! What users write in one word: lists of years, groups of economies.

use super::AnalysisError;
use crate::labels::Group;

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

/// `EU=DEU,FRA`: a name and its members; nothing when one of them is missing.
pub fn parse_group(text: &str) -> Option<Group> {
    let (name, members) = text.split_once('=')?;
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
}
