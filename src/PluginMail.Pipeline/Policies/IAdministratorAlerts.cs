namespace PluginMail.Pipeline;

/// <summary>Tells the administrator what should be looked at.</summary>
public interface IAdministratorAlerts
{
    /// <summary>Tells once a day for each subject matter, whatever the number of calls. Returns at once.</summary>
    /// <param name="key">The subject matter, for example an account.</param>
    /// <param name="subject">One line.</param>
    /// <param name="text">What happened and what to do.</param>
    void Raise(string key, string subject, string text);
}
