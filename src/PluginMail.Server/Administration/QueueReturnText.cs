using PluginMail.Queue;
using PluginMail.Storage;

namespace PluginMail.Server;

/// <summary>What a person is told of messages that were returned to their senders, or were not.</summary>
internal static class QueueReturnText
{
    /// <summary>Of one message; null where nothing in it could be returned.</summary>
    public static AdminResponse? Of(QueueId id, QueueReturn result) => result switch
    {
        QueueReturn.Returned => AdminResponse.Done($"message {id.Value} is returned to its sender"),
        QueueReturn.NullSender => AdminResponse.Done($"message {id.Value} is gone without a report: its sender is the null sender"),
        QueueReturn.DoubtfulSender => AdminResponse.Done($"message {id.Value} is gone without a report: its sender is not known to be genuine"),
        QueueReturn.Unwanted => AdminResponse.Done($"message {id.Value} is gone without a report: its sender wants none"),
        QueueReturn.Active => AdminResponse.Failed($"message {id.Value} is being tried at this moment and stays; ask again when that has ended"),
        QueueReturn.Unreachable => AdminResponse.Failed(
            $"message {id.Value} stays as it is: its sender cannot be reached; 'queue remove {id.Value}' removes it without a report"),
        _ => null,
    };

    /// <summary>Of many.</summary>
    public static AdminResponse Of(QueueReturns result)
    {
        string text = Count(result.Returned) + " returned";
        text += result.Unreported > 0 ? $"; {Count(result.Unreported)} gone without a report (null, doubtful or unwilling senders)" : "";
        text += result.Unreachable > 0 ? $"; {Count(result.Unreachable)} left as they were: their senders cannot be reached" : "";
        text += result.Active > 0 ? $"; {Count(result.Active)} left as they were: they are being tried at this moment" : "";
        return new AdminResponse(result.Unreachable + result.Active > 0 ? 1 : 0, text);
    }

    private static string Count(int count) => count == 1 ? "1 message" : $"{count} messages";
}
