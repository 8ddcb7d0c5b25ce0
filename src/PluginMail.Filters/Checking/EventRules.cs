using PluginMail.Filters.Evaluation;
using PluginMail.Filters.Vocabulary;

namespace PluginMail.Filters.Checking;

/// <summary>What scripts for IMAP events may not have (RFC 6785 sections 3.11 and 4.6).</summary>
internal static class EventRules
{
    /// <summary>The first thing of a script that answers mail that arrives, be it required or used; null: nothing.</summary>
    public static EventObstacle? ObstacleOf(FilterVocabulary vocabulary, BoundScript script)
    {
        foreach (var required in Requirements.Named(script.Syntax))
        {
            if (vocabulary.FindCapability(required.Text) is { IsForDelivery: true })
            {
                return new(required.Text, required.Span);
            }
        }

        // Capabilities that ihave tests name stand in no require.
        return script.All().FirstOrDefault(word => word.Word.Capability is { } name && vocabulary.FindCapability(name) is { IsForDelivery: true }) is { } used
            ? new(used.Word.Capability!, used.Span)
            : null;
    }

    /// <summary>Reports it where the script is for events.</summary>
    public static void Check(BoundScript script, EventObstacle? obstacle, bool isForEvents, DiagnosticBag diagnostics)
    {
        if (!isForEvents && !Requirements.Named(script.Syntax).Any(required => required.Text == ImapSieveExtension.Name))
        {
            return;
        }

        if (obstacle is not null)
        {
            diagnostics.Add(FilterCodes.DeliveryOnly, obstacle.At, obstacle.Message);
        }

        foreach (var test in script.All().Where(word => word.Word.NeedsEnvelope(word)))
        {
            diagnostics.Add(FilterCodes.EnvelopeOnEvent, test.Syntax.NameSpan, "A message has no envelope on an IMAP event: the script fails where it comes to this test.");
        }
    }
}
