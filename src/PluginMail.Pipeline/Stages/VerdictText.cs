using PluginMail.Abstractions;

namespace PluginMail.Pipeline;

/// <summary>Verdicts in words, for the trace.</summary>
public static class VerdictText
{
    private const int MostShown = 100;

    /// <summary>The decision, and the effects that change something.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <returns>As <c>hold; tag virus</c>.</returns>
    public static string Of(Verdict verdict)
    {
        if (verdict.IsPlainPass)
        {
            return "pass";
        }

        string decision = verdict.Decision switch
        {
            Decision.Refuse => "refuse",
            Decision.Defer => "defer",
            Decision.Discard => "discard",
            Decision.Hold => "hold",
            _ => "pass",
        };
        return verdict.Effects.IsEmpty ? decision : $"{decision}; {string.Join("; ", verdict.Effects.Take(MostShown).Select(Of))}{(verdict.Effects.Length > MostShown ? $"; and {verdict.Effects.Length - MostShown} more" : "")}";
    }

    /// <summary>The reply or the reason; null for a pass.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <returns>One line.</returns>
    public static string? Detail(Verdict verdict) => verdict.Decision switch
    {
        Decision.Refuse refuse => refuse.Reply.ToString(),
        Decision.Defer defer => defer.Reply.ToString(),
        Decision.Discard discard => discard.Reason,
        Decision.Hold hold => hold.Reason,
        _ => null,
    };

    /// <summary>The points given.</summary>
    /// <param name="verdict">The verdict.</param>
    /// <returns>Their sum.</returns>
    public static double Score(Verdict verdict)
    {
        double points = 0;
        foreach (Effect effect in verdict.Effects)
        {
            points += effect is Effect.Score score ? score.Points : 0;
        }

        return points;
    }

    /// <summary>An effect.</summary>
    /// <param name="effect">The effect.</param>
    /// <returns>As <c>tag virus</c>.</returns>
    public static string Of(Effect effect) => effect switch
    {
        Effect.AddRecipient add => $"add recipient {add.Recipient}",
        Effect.RemoveRecipient remove => $"remove recipient {remove.Recipient}",
        Effect.ChangeSender change => $"change sender to <{change.Sender}>",
        Effect.ReplaceMessage => "replace message",
        Effect.Score score => $"score {score.Points:0.##} {score.Reason}",
        Effect.Tag tag => $"tag {tag.Name}",
        Effect.Bypass bypass => $"bypass {bypass.Plugin}",
        HeaderEdit.Add add => $"add header {add.Name}",
        HeaderEdit.Replace replace => $"replace header {replace.Name}",
        Effect.ReplaceBody => "replace body",
        HeaderEdit.Insert insert => $"insert header {insert.Name}",
        HeaderEdit.Remove remove => $"remove header {remove.Name}",
        _ => effect.GetType().Name,
    };
}
