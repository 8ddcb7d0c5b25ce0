namespace PluginMail.Testing;

/// <summary>Mail for spam filters under test.</summary>
internal static class SpamSamples
{
    // Spam filters give points for mail of other days. One for all, so that the same words are the same message.
    private static readonly string Now = $"{TimeProvider.System.GetUtcNow():ddd, dd MMM yyyy HH:mm:ss} +0000";

    /// <summary>The generic test for unsolicited bulk email, put together here so that no filter finds it in the sources.</summary>
    public static string Gtube { get; } = string.Concat("XJS*C4JDBQADN1.NSBN3*2IDNEN*", "GTUBE-STANDARD", "-ANTI-UBE-TEST-EMAIL", "*C.34X");

    /// <summary>A message with words of which a Bayes filter learns what spam is.</summary>
    public static string Offer(string id, string subject = "an offer") => Mail(
        id, subject, "cheap pills casino lottery winner million watches replicas everything sells buy quickly unsubscribe discount bonus jackpot " + id);

    /// <summary>A message with words of which it learns what is none.</summary>
    public static string Letter(string id, string subject = "a letter") => Mail(
        id, subject, "minutes agenda project tomorrow lunch colleague regards budget planning document review schedule office meeting notes " + id);

    /// <summary>A message of just now.</summary>
    public static string Mail(string id, string subject, string body) =>
        $"From: Ann <a@example.org>\r\nTo: Bob <b@example.test>\r\nSubject: {subject}\r\nMessage-ID: <{id}@example.org>\r\n"
        + $"Date: {Now}\r\n\r\n{body}\r\n";
}
