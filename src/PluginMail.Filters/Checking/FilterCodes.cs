using System.Collections.Frozen;

namespace PluginMail.Filters.Checking;

/// <summary>
/// The codes of all findings. A code never changes its meaning: F0 is about form, F1 about words, F2 are warnings, F3 are
/// faults of a run.
/// </summary>
public static class FilterCodes
{
    /// <summary>The script is larger than the limit.</summary>
    public const string ScriptTooLarge = "F0001";

    /// <summary>A NUL octet.</summary>
    public const string NulOctet = "F0002";

    /// <summary>A string without its closing quote.</summary>
    public const string UnterminatedString = "F0003";

    /// <summary>A bracket comment without its end.</summary>
    public const string UnterminatedComment = "F0004";

    /// <summary>A multi-line string without its final dot.</summary>
    public const string UnterminatedText = "F0005";

    /// <summary>A number that does not fit.</summary>
    public const string NumberTooLarge = "F0006";

    /// <summary>A character that begins no token.</summary>
    public const string UnexpectedCharacter = "F0007";

    /// <summary>A number followed by letters other than K, M or G.</summary>
    public const string BadNumber = "F0008";

    /// <summary>A carriage return without line feed.</summary>
    public const string BareCarriageReturn = "F0009";

    /// <summary>A semicolon is missing.</summary>
    public const string MissingSemicolon = "F0010";

    /// <summary>A token that cannot stand where it stands.</summary>
    public const string UnexpectedToken = "F0011";

    /// <summary>A block without its closing brace.</summary>
    public const string MissingCloseBrace = "F0012";

    /// <summary>A comma is missing in a list.</summary>
    public const string MissingComma = "F0013";

    /// <summary>A list without its closing bracket or parenthesis.</summary>
    public const string MissingClose = "F0014";

    /// <summary>Nested too deep.</summary>
    public const string TooDeep = "F0015";

    /// <summary>A string longer than the limit.</summary>
    public const string StringTooLong = "F0016";

    /// <summary>An identifier longer than the limit.</summary>
    public const string NameTooLong = "F0017";

    /// <summary>A hyphen inside a name.</summary>
    public const string HyphenInName = "F0018";

    /// <summary>`else if` instead of `elsif`.</summary>
    public const string ElseIf = "F0019";

    /// <summary>A word, tag or value is used whose capability is not required.</summary>
    public const string MissingRequire = "F1001";

    /// <summary>An unknown command or test.</summary>
    public const string UnknownWord = "F1002";

    /// <summary>An unknown capability in require.</summary>
    public const string UnknownCapability = "F1003";

    /// <summary>A require after another command.</summary>
    public const string LateRequire = "F1004";

    /// <summary>A tag that the word does not take.</summary>
    public const string UnknownTag = "F1005";

    /// <summary>A tag given twice.</summary>
    public const string DuplicateTag = "F1006";

    /// <summary>A tag without its value.</summary>
    public const string MissingTagValue = "F1007";

    /// <summary>A positional argument is missing.</summary>
    public const string MissingArgument = "F1008";

    /// <summary>An argument of the wrong type.</summary>
    public const string WrongArgument = "F1009";

    /// <summary>More arguments than the word takes.</summary>
    public const string TooManyArguments = "F1010";

    /// <summary>A tag after a positional argument.</summary>
    public const string LateTag = "F1011";

    /// <summary>Two tags that exclude each other.</summary>
    public const string ConflictingTags = "F1012";

    /// <summary>A test used as a command, or a command used as a test.</summary>
    public const string WrongKind = "F1013";

    /// <summary>A block is missing or not allowed.</summary>
    public const string WrongBlock = "F1014";

    /// <summary>Tests are missing or not allowed.</summary>
    public const string WrongTests = "F1015";

    /// <summary>elsif or else without an if before it.</summary>
    public const string ElseWithoutIf = "F1016";

    /// <summary>An unknown comparator.</summary>
    public const string UnknownComparator = "F1017";

    /// <summary>A match type that the comparator cannot do.</summary>
    public const string ComparatorMismatch = "F1018";

    /// <summary>The address test on a header that holds no addresses.</summary>
    public const string NotAnAddressHeader = "F1019";

    /// <summary>An unknown part of the envelope.</summary>
    public const string UnknownEnvelopePart = "F1020";

    /// <summary>A value that is no mail address.</summary>
    public const string BadAddress = "F1021";

    /// <summary>A value that is no folder name.</summary>
    public const string BadFolder = "F1022";

    /// <summary>An encoded character out of range.</summary>
    public const string BadEncodedCharacter = "F1023";

    /// <summary>A word of a plugin that is not loaded.</summary>
    public const string PluginNotLoaded = "F1024";

    /// <summary>A tag that the word needs is missing.</summary>
    public const string MissingTag = "F1025";

    /// <summary>An extension that this server refuses.</summary>
    public const string RefusedCapability = "F1026";

    /// <summary>A value that is not one of those allowed.</summary>
    public const string UnknownValue = "F1027";

    /// <summary>An extension for mail that arrives, in a script for IMAP events.</summary>
    public const string DeliveryOnly = "F1028";

    /// <summary>A name or reference that no variable can have.</summary>
    public const string BadVariable = "F1040";

    /// <summary>A key that the match type cannot take.</summary>
    public const string BadKey = "F1041";

    /// <summary>A value that its word cannot use.</summary>
    public const string BadValue = "F1060";

    /// <summary>A capability is required and never used.</summary>
    public const string UnusedRequire = "F2001";

    /// <summary>A command that can never run.</summary>
    public const string Unreachable = "F2002";

    /// <summary>A condition that is never true.</summary>
    public const string NeverTrue = "F2003";

    /// <summary>Wildcards in a match that takes them literally.</summary>
    public const string LiteralWildcard = "F2004";

    /// <summary>The same rule twice.</summary>
    public const string DuplicateRule = "F2005";

    /// <summary>A match on a domain's end that also matches other domains.</summary>
    public const string LooseDomain = "F2006";

    /// <summary>A header name that no message can have.</summary>
    public const string BadHeaderName = "F2007";

    /// <summary>A discard that does not undo an earlier action.</summary>
    public const string DiscardKeepsCopies = "F2008";

    /// <summary>A folder name that looks like modified UTF-7.</summary>
    public const string EncodedFolderName = "F2009";

    /// <summary>A branch whose condition an earlier branch of the chain has already taken.</summary>
    public const string RepeatedCondition = "F2010";

    /// <summary>A backslash that is dropped because it stands before an ordinary character.</summary>
    public const string DroppedBackslash = "F2011";

    /// <summary>Many rules that differ in one key only.</summary>
    public const string MergeableRules = "F2012";

    /// <summary>A whole header compared with an address, so that a display name prevents the match.</summary>
    public const string AddressThroughHeader = "F2013";

    /// <summary>An address looked for in a whole header, so that a display name that holds it matches too.</summary>
    public const string DisplayNameMatches = "F2014";

    /// <summary>A flag that is changed after the message was filed.</summary>
    public const string FlagAfterFiling = "F2015";

    /// <summary>Two rules of which both file what fits the narrower one.</summary>
    public const string FiledTwice = "F2016";

    /// <summary>The sender's clock asked where the present time is the likely meaning.</summary>
    public const string DateOfMessage = "F2017";

    /// <summary>A folder that the mailbox does not have.</summary>
    public const string UnknownFolder = "F2018";

    /// <summary>A message that is redirected to where it comes from.</summary>
    public const string RedirectLoop = "F2019";

    /// <summary>A vacation that does not name all of the owner's addresses.</summary>
    public const string VacationMissesAddress = "F2020";

    /// <summary>More redirects on one way through the script than a message may have.</summary>
    public const string RedirectsBeyondLimit = "F2021";

    /// <summary>An item of the environment that is not known here.</summary>
    public const string UnknownEnvironmentItem = "F2022";

    /// <summary>A test of the envelope in a script for IMAP events.</summary>
    public const string EnvelopeOnEvent = "F2023";

    /// <summary>More actions than the limit.</summary>
    public const string TooManyActions = "F3001";

    /// <summary>More redirects than the limit.</summary>
    public const string TooManyRedirects = "F3002";

    /// <summary>More work than the limit.</summary>
    public const string TooMuchWork = "F3003";

    /// <summary>More time than the limit.</summary>
    public const string TooMuchTime = "F3004";

    /// <summary>A fault inside a word.</summary>
    public const string FaultyWord = "F3005";

    /// <summary>Actions that cannot go together.</summary>
    public const string ConflictingActions = "F3006";

    /// <summary>More changes to the message than the limit.</summary>
    public const string TooManyChanges = "F3007";

    /// <summary>A script that is included is missing, has errors, includes itself, or lies too deep.</summary>
    public const string BadInclude = "F3008";

    /// <summary>A way to notify that is not supported or not valid.</summary>
    public const string BadNotifyMethod = "F3009";

    /// <summary>A value made of variables that its action cannot take.</summary>
    public const string BadRunTimeValue = "F3010";

    /// <summary>The control error of the script.</summary>
    public const string ScriptError = "F3012";

    /// <summary>Variables larger than the limit.</summary>
    public const string TooMuchMemory = "F3011";

    /// <summary>An action or test for mail that arrives, on an IMAP event.</summary>
    public const string WrongOccasion = "F3013";

    /// <summary>Codes whose fix is a guess, or changes what the script does: a person decides about it.</summary>
    private static readonly FrozenSet<string> Guesses = FrozenSet.ToFrozenSet(
    [
        UnexpectedToken, MissingCloseBrace, MissingClose, UnknownWord, UnknownCapability, UnknownTag, UnknownComparator,
        UnknownEnvelopePart, UnknownValue, LiteralWildcard, DuplicateRule, DroppedBackslash, AddressThroughHeader,
        DisplayNameMatches, FlagAfterFiling, DateOfMessage, UnknownFolder, VacationMissesAddress, UnknownEnvironmentItem,
    ]);

    /// <summary>Whether the fix of a finding of that code can be made without asking.</summary>
    internal static bool IsFixCertain(string code) => !Guesses.Contains(code);

    /// <summary>The severity that goes with a code.</summary>
    public static DiagnosticSeverity SeverityOf(string code) =>
        code.StartsWith("F2", StringComparison.Ordinal) ? DiagnosticSeverity.Warning : DiagnosticSeverity.Error;
}
