namespace PluginMail.Delivery;

/// <summary>What the scripts of one event did.</summary>
internal sealed class EventTally
{
    public int Messages { get; set; }

    public int Copied { get; set; }

    public int Sent { get; set; }

    public int Flagged { get; set; }

    public int TakenAway { get; set; }

    public int Failed { get; set; }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", new[]
    {
        $"{Messages} messages", Say(Copied, "copied"), Say(Sent, "sent on"), Say(Flagged, "flagged"), Say(TakenAway, "taken away"), Say(Failed, "failed"),
    }.Where(static part => part.Length > 0));

    private static string Say(int count, string what) => count == 0 ? "" : $"{count} {what}";
}
